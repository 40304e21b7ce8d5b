//! An interface: what a business system exchanges with a partner in one direction, by one method, at one frequency, in one scope.
//! Several functions of the business may use it; the list has a row for each of them.

use super::row::{Frequency, GuaranteeDuty, InterfaceRow, InterfaceScope, ListMethod, ListedWay, Sureness};

/// An interface of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// The interface's name, as `kotei-collection-out-daily-diff`; `-relay` behind it says that the database relay is used too.
    pub id: String,
    /// The business system.
    pub business: String,
    /// The partner.
    pub partner: String,
    /// Which way files go, as the business sees it.
    pub direction: ListedWay,
    /// Whether a file is the only way.
    pub method: ListMethod,
    /// How often files go.
    pub frequency: Frequency,
    /// Whether files hold all records, or what changed.
    pub scope: InterfaceScope,
    /// The rows of the list, one for each function; never empty.
    pub rows: Vec<InterfaceRow>,
}

/// Groups rows to interfaces, each in the place of its first row.
pub(super) fn grouped(rows: Vec<InterfaceRow>) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for row in rows {
        let id = id_of(&row);
        match interfaces.iter_mut().find(|interface| interface.id == id) {
            Some(interface) => interface.rows.push(row),
            None => interfaces.push(Interface {
                id,
                business: row.business.clone(),
                partner: row.partner.clone(),
                direction: row.direction,
                method: row.method,
                frequency: row.frequency,
                scope: row.scope,
                rows: vec![row],
            }),
        }
    }
    interfaces
}

fn id_of(row: &InterfaceRow) -> String {
    let relay = match row.method {
        ListMethod::File => "",
        ListMethod::FileOrRelay => "-relay",
    };
    let InterfaceRow { business, partner, direction, frequency, scope, .. } = row;
    format!("{business}-{partner}-{direction}-{frequency}-{scope}{relay}")
}

impl Interface {
    /// The row that expects most records, where any expects some.
    pub fn largest(&self) -> Option<&InterfaceRow> {
        self.rows.iter().filter(|row| row.expected_max.is_some()).max_by_key(|row| row.expected_max)
    }

    /// The most records that any row expects, counted as that row's `per` says; `None` where the list says nothing.
    pub fn expected_max(&self) -> Option<u64> {
        self.largest()?.expected_max
    }

    /// Whether any function wants the data to itself while a file is taken in.
    pub fn is_exclusive(&self) -> bool {
        self.rows.iter().any(|row| row.exclusive_import)
    }

    /// Whether any row has the figure of the busy season.
    pub fn has_busy_season(&self) -> bool {
        self.rows.iter().any(|row| row.busy_season)
    }

    /// Who sees to it that a file arrives: `None` only where no row says anything.
    pub fn guarantee(&self) -> GuaranteeDuty {
        let duties = self.rows.iter().map(|row| row.guarantee);
        duties.min().unwrap_or(GuaranteeDuty::None)
    }

    /// How sure its least sure row is.
    pub fn confidence(&self) -> Sureness {
        let sureness = self.rows.iter().map(|row| row.confidence);
        sureness.max().unwrap_or(Sureness::Low)
    }
}
