//! What `init` asks somebody at a terminal, question by question; what is known already is offered as the answer.

use dialoguer::{Confirm, Input, MultiSelect, Select};

use crate::catalogue::{InterfaceList, Municipality, MunicipalityTable};
use crate::init::{InitAnswers, MpnWay, PartnerAnswers, ReachWord, partners_of};
use totatsu_base::messages::tongue;
use totatsu_base::say;

/// Asks for everything that the answers lack.
///
/// # Errors
/// The terminal is gone.
pub(super) fn ask(mut answers: InitAnswers) -> dialoguer::Result<InitAnswers> {
    if MunicipalityTable::shipped().meant_by(&answers.municipality).len() != 1 {
        let municipality = municipality()?;
        answers.municipality = municipality.code.clone();
        answers.name = Input::new()
            .with_prompt(say!("cli-ask-name"))
            .default(if municipality.name.is_empty() {
                municipality.prefecture.clone()
            } else {
                municipality.name.clone()
            })
            .interact_text()?;
    }
    if answers.businesses.is_empty() {
        answers.businesses = businesses()?;
    }
    reaches(&mut answers)?;
    if answers.asks_for_mpn() && answers.mpn.is_none() {
        let ways = [say!("cli-ask-mpn-direct"), say!("cli-ask-mpn-collection")];
        let chosen = Select::new().with_prompt(say!("cli-ask-mpn")).items(ways).default(0).interact()?;
        answers.mpn = Some(if chosen == 0 { MpnWay::Direct } else { MpnWay::Collection });
    }
    Ok(answers)
}

fn municipality() -> dialoguer::Result<&'static Municipality> {
    loop {
        let text: String = Input::new().with_prompt(say!("cli-ask-municipality")).interact_text()?;
        match MunicipalityTable::shipped().meant_by(&text).as_slice() {
            [] => eprintln!("{}", say!("cli-ask-no-municipality")),
            [one] => {
                eprintln!("{} {}", one.code, one.full_name());
                return Ok(one);
            }
            several => {
                let names: Vec<String> =
                    several.iter().map(|one| format!("{} {}", one.code, one.full_name())).collect();
                let prompt = say!("cli-ask-which-municipality");
                return Ok(several[Select::new().with_prompt(prompt).items(&names).default(0).interact()?]);
            }
        }
    }
}

fn businesses() -> dialoguer::Result<Vec<String>> {
    let (words, tongue) = (&InterfaceList::shipped().words, tongue());
    let keys: Vec<&str> = InterfaceList::businesses().collect();
    let names: Vec<&str> = keys.iter().map(|key| words.business(key, tongue)).collect();
    loop {
        let prompt = say!("cli-ask-businesses");
        let chosen = MultiSelect::new()
            .with_prompt(prompt)
            .items(&names)
            .defaults(&vec![true; names.len()])
            .interact()?;
        if !chosen.is_empty() {
            return Ok(chosen.into_iter().map(|number| keys[number].to_owned()).collect());
        }
    }
}

/// Asks how partners are reached that aren't reached as most are.
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
        let prompt = say!("cli-ask-which-partner");
        let partner = partners[Select::new().with_prompt(prompt).items(&told).default(0).interact()?];
        let ways = [ReachWord::Sftp, ReachWord::Ftps, ReachWord::Medium, ReachWord::None];
        let names = ways.map(called);
        let way = ways
            [Select::new().with_prompt(words.partner(partner, tongue)).items(names).default(0).interact()?];
        let earlier = answers.partners.remove(partner).unwrap_or_default();
        answers.partners.insert(partner.to_owned(), PartnerAnswers { reach: Some(way), ..earlier });
    }
}

fn called(way: ReachWord) -> String {
    match way {
        ReachWord::Sftp => "SFTP".to_owned(),
        ReachWord::Ftps => "FTPS".to_owned(),
        ReachWord::Medium => say!("cli-ask-medium"),
        ReachWord::None => say!("cli-ask-none"),
    }
}
