//! What `init` asks at a terminal, question by question. What is known already is offered as the answer.

use std::path::{Path, PathBuf};

use dialoguer::console::Term;
use dialoguer::{Confirm, Input, MultiSelect, Select};
use tokio::signal::unix::{SignalKind, signal};

use crate::catalogue::{InterfaceList, Municipality, MunicipalityTable};
use crate::cli::exit::{Exit, failed};
use crate::cli::output::block_on;
use crate::config::INSTALLED_LAYOUTS;
use crate::init::{InitAnswers, MpnWay, ReachWord, partners_of};
use totatsu_base::messages::{os_error, tongue};
use totatsu_base::say;

/// Asks for everything that the answers lack, until somebody agrees with the whole; a "no" leads back to all questions.
///
/// # Errors
/// The terminal is gone, or somebody interrupts: standard error says that nothing was written.
pub(super) fn ask(answers: InitAnswers, directory: &Path) -> Result<InitAnswers, Exit> {
    // SIGINT is caught from here on: it ends a question with an error, and no longer the whole program without a word.
    let _caught = block_on(async { signal(SignalKind::interrupt()) })?.map_err(failed)?;
    asked_until_agreed(answers, directory).map_err(|dialoguer::Error::IO(error)| {
        if error.kind() == std::io::ErrorKind::Interrupted {
            // A list of choices has hidden the cursor.
            let _shown = Term::stderr().show_cursor();
            eprintln!();
            return failed(say!("cli-ask-interrupted"));
        }
        failed(os_error(&error))
    })
}

fn asked_until_agreed(mut answers: InitAnswers, directory: &Path) -> dialoguer::Result<InitAnswers> {
    let mut again = false;
    loop {
        everything(&mut answers, directory, again)?;
        summary(&answers, directory);
        let prompt = say!("cli-ask-agreed", dir = directory.display());
        if Confirm::new().with_prompt(prompt).default(true).interact()? {
            return Ok(answers);
        }
        again = true;
    }
}

/// Asks for every answer that is lacking, or, `again`, for all of them.
fn everything(answers: &mut InitAnswers, directory: &Path, again: bool) -> dialoguer::Result<()> {
    if again || MunicipalityTable::shipped().meant_by(&answers.municipality).len() != 1 {
        let municipality = municipality()?;
        answers.municipality = municipality.code.clone();
        answers.name = Input::new()
            .with_prompt(say!("cli-ask-name"))
            .default(municipality.own_name().to_owned())
            .interact_text()?;
    }
    if again || answers.businesses.is_empty() {
        answers.businesses = businesses(&answers.businesses)?;
    }
    reaches(answers)?;
    if answers.asks_for_mpn() && (again || answers.mpn.is_none()) {
        let ways = [say!("cli-ask-mpn-direct"), say!("cli-ask-mpn-collection")];
        let chosen = chosen(say!("cli-ask-mpn"), &ways)?;
        answers.mpn = Some(if chosen == 0 { MpnWay::Direct } else { MpnWay::Collection });
    }
    layouts(answers, directory)
}

/// Asks where the layouts are, unless they lie where they are looked for.
fn layouts(answers: &mut InitAnswers, directory: &Path) -> dialoguer::Result<()> {
    let known = answers.paths.layouts.clone().unwrap_or_else(|| PathBuf::from(INSTALLED_LAYOUTS));
    let mut looked_for = directory.join(&known);
    while !looked_for.is_dir() {
        eprintln!("{}", say!("cli-ask-no-layouts", path = looked_for.display()));
        let given: String = Input::new().with_prompt(say!("cli-ask-layouts")).interact_text()?;
        let path = std::path::absolute(given.trim())?;
        answers.paths.layouts = Some(path.clone());
        looked_for = path;
    }
    Ok(())
}

/// Shows all answers, to be agreed with.
fn summary(answers: &InitAnswers, directory: &Path) {
    let (words, tongue) = (&InterfaceList::shipped().words, tongue());
    let businesses: Vec<&str> =
        answers.businesses.iter().map(|business| words.business(business, tongue)).collect();
    let layouts = answers.paths.layouts.clone().unwrap_or_else(|| PathBuf::from(INSTALLED_LAYOUTS));
    let mut lines = vec![
        say!("cli-ask-sum-municipality", code = answers.municipality, name = answers.name),
        say!("cli-ask-sum-businesses", names = businesses.join(&say!("cli-comma"))),
        say!("cli-ask-sum-layouts", path = directory.join(layouts).display()),
    ];
    if let Some(mpn) = answers.mpn.filter(|_| answers.asks_for_mpn()) {
        let way = match mpn {
            MpnWay::Direct => say!("cli-ask-mpn-direct"),
            MpnWay::Collection => say!("cli-ask-mpn-collection"),
        };
        lines.push(say!("cli-ask-sum-mpn", way = way));
    }
    lines.iter().for_each(|line| eprintln!("  {line}"));
}

fn municipality() -> dialoguer::Result<&'static Municipality> {
    loop {
        let text: String = Input::new().with_prompt(say!("cli-ask-municipality")).interact_text()?;
        match MunicipalityTable::shipped().meant_by(&text).as_slice() {
            [] => eprintln!("{}", say!("cli-ask-no-municipality")),
            [one] => {
                eprintln!("{}", one.code_and_name());
                return Ok(one);
            }
            several => {
                let names: Vec<String> = several.iter().map(|one| one.code_and_name()).collect();
                return Ok(several[chosen(say!("cli-ask-which-municipality"), &names)?]);
            }
        }
    }
}

fn businesses(earlier: &[String]) -> dialoguer::Result<Vec<String>> {
    let (words, tongue) = (&InterfaceList::shipped().words, tongue());
    let keys: Vec<&str> = InterfaceList::businesses().collect();
    let names: Vec<&str> = keys.iter().map(|key| words.business(key, tongue)).collect();
    let is_chosen = |key: &&str| earlier.is_empty() || earlier.iter().any(|known| known == *key);
    let chosen_before: Vec<bool> = keys.iter().map(is_chosen).collect();
    loop {
        let prompt = say!("cli-ask-businesses");
        let chosen =
            MultiSelect::new().with_prompt(prompt).items(&names).defaults(&chosen_before).interact()?;
        if !chosen.is_empty() {
            return Ok(chosen.into_iter().map(|number| keys[number].to_owned()).collect());
        }
    }
}

/// Asks which partners aren't reached as most are, and how each of them is.
fn reaches(answers: &mut InitAnswers) -> dialoguer::Result<()> {
    let (words, tongue) = (&InterfaceList::shipped().words, tongue());
    let partners = partners_of(&answers.businesses);
    loop {
        let told = |partner: &&str| {
            format!("{}: {}", words.partner(partner, tongue), called(answers.reach(partner)))
        };
        let told: Vec<String> = partners.iter().map(told).collect();
        told.iter().for_each(|line| eprintln!("  {line}"));
        let prompt = say!("cli-ask-reached");
        if Confirm::new().with_prompt(prompt).default(true).interact()? {
            return Ok(());
        }
        let partner = partners[chosen(say!("cli-ask-which-partner"), &told)?];
        let ways = [ReachWord::Sftp, ReachWord::Ftps, ReachWord::Medium, ReachWord::None];
        let way = ways[chosen(words.partner(partner, tongue), &ways.map(called))?];
        answers.partners.entry(partner.to_owned()).or_default().reach = Some(way);
    }
}

/// Has somebody choose one of several; returns its index.
fn chosen(prompt: impl Into<String>, several: &[String]) -> dialoguer::Result<usize> {
    Select::new().with_prompt(prompt).items(several).default(0).interact()
}

fn called(way: ReachWord) -> String {
    match way {
        ReachWord::Sftp => "SFTP".to_owned(),
        ReachWord::Ftps => "FTPS".to_owned(),
        ReachWord::Medium => say!("cli-ask-medium"),
        ReachWord::None => say!("cli-ask-none"),
    }
}
