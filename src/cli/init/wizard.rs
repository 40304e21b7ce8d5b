//! What `init` asks somebody at a terminal, question by question; what is known already is offered as the answer.

use dialoguer::{Confirm, Input, MultiSelect, Select};

use crate::catalogue::{InterfaceList, Municipality, MunicipalityTable, Tongue};
use crate::init::{InitAnswers, MpnWay, PartnerAnswers, ReachWord, partners_of};

/// Asks for everything that the answers lack.
///
/// # Errors
/// The terminal is gone.
pub(super) fn ask(mut answers: InitAnswers, tongue: Tongue) -> dialoguer::Result<InitAnswers> {
    if MunicipalityTable::shipped().meant_by(&answers.municipality).len() != 1 {
        let municipality = municipality(tongue)?;
        answers.municipality = municipality.code.clone();
        answers.name = Input::new()
            .with_prompt(tongue.of("到達証に載る名前", "The gateway's name on receipts"))
            .default(if municipality.name.is_empty() {
                municipality.prefecture.clone()
            } else {
                municipality.name.clone()
            })
            .interact_text()?;
    }
    if answers.businesses.is_empty() {
        answers.businesses = businesses(tongue)?;
    }
    reaches(&mut answers, tongue)?;
    if answers.asks_for_mpn() && answers.mpn.is_none() {
        let ways = [
            tongue.of("各業務システムから直接", "from each business system by itself"),
            tongue.of("収滞納管理から集約して", "through collection (収滞納管理)"),
        ];
        let chosen = Select::new()
            .with_prompt(
                tongue.of("ＭＰＮへの収納データはどこから送るか", "Which way does payment data go to MPN?"),
            )
            .items(ways)
            .default(0)
            .interact()?;
        answers.mpn = Some(if chosen == 0 { MpnWay::Direct } else { MpnWay::Collection });
    }
    Ok(answers)
}

fn municipality(tongue: Tongue) -> dialoguer::Result<&'static Municipality> {
    loop {
        let text: String = Input::new()
            .with_prompt(tongue.of("団体名または団体コード", "Municipality, by name or by code"))
            .interact_text()?;
        match MunicipalityTable::shipped().meant_by(&text).as_slice() {
            [] => eprintln!("{}", tongue.of("該当する団体がない", "there is no such municipality")),
            [one] => {
                eprintln!("{} {}", one.code, one.full_name());
                return Ok(one);
            }
            several => {
                let names: Vec<String> =
                    several.iter().map(|one| format!("{} {}", one.code, one.full_name())).collect();
                let prompt = tongue.of("どの団体か", "Which of them?");
                return Ok(several[Select::new().with_prompt(prompt).items(&names).default(0).interact()?]);
            }
        }
    }
}

fn businesses(tongue: Tongue) -> dialoguer::Result<Vec<String>> {
    let words = &InterfaceList::shipped().words;
    let keys: Vec<&str> = InterfaceList::businesses().collect();
    let names: Vec<&str> = keys.iter().map(|key| words.business(key, tongue)).collect();
    loop {
        let prompt = tongue.of("業務システム (空白キーで選ぶ)", "Business systems (the space bar chooses)");
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
fn reaches(answers: &mut InitAnswers, tongue: Tongue) -> dialoguer::Result<()> {
    let words = &InterfaceList::shipped().words;
    let partners = partners_of(&answers.businesses);
    loop {
        let told = |partner: &&str| {
            format!("{}: {}", words.partner(partner, tongue), called(answers.reach(partner), tongue))
        };
        let told: Vec<String> = partners.iter().map(told).collect();
        told.iter().for_each(|line| eprintln!("  {line}"));
        let prompt = tongue.of("このとおりでよいか", "Are they reached like this?");
        if Confirm::new().with_prompt(prompt).default(true).interact()? {
            return Ok(());
        }
        let prompt = tongue.of("どの連携先を変えるか", "Which one is to be changed?");
        let partner = partners[Select::new().with_prompt(prompt).items(&told).default(0).interact()?];
        let ways = [ReachWord::Sftp, ReachWord::Ftps, ReachWord::Medium, ReachWord::None];
        let names = ways.map(|way| called(way, tongue));
        let way = ways
            [Select::new().with_prompt(words.partner(partner, tongue)).items(names).default(0).interact()?];
        let earlier = answers.partners.remove(partner).unwrap_or_default();
        answers.partners.insert(partner.to_owned(), PartnerAnswers { reach: Some(way), ..earlier });
    }
}

fn called(way: ReachWord, tongue: Tongue) -> &'static str {
    match way {
        ReachWord::Sftp => "SFTP",
        ReachWord::Ftps => "FTPS",
        ReachWord::Medium => tongue.of("媒体", "a medium"),
        ReachWord::None => tongue.of("授受しない", "not by this gateway"),
    }
}
