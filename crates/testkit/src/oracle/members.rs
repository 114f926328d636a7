//! Who is in what: users in teams, positions, groups and territories, and behind queues.

use super::{Member, World};

/// What a list of members is for: it makes a difference for queues and territories.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Something is open to them.
    With,
    /// They own something, or serve a queue.
    Owning,
}

impl World {
    /// Whether a user serves a queue.
    pub(super) fn serves(&self, user: usize, queue: usize) -> bool {
        self.users[queue].served_by.is_some_and(|by| self.is_in(user, by, Way::Owning, 0))
    }

    /// Whether the user is one of those that a member stands for.
    pub(super) fn is_in(&self, user: usize, member: Member, way: Way, depth: usize) -> bool {
        match member {
            Member::User(one) => one == user || (way == Way::With && self.serves(user, one)),
            Member::Team(team) => (0..self.teams.len())
                .any(|own| (self.users[user].team == Some(own) || self.teams[own].lead == Some(user)) && self.team_lies_in(own, team)),
            Member::Position(high) => {
                let mut here = self.users[user].position;
                for _ in 0..=self.positions.len() {
                    match here {
                        Some(position) if position == high => return true,
                        Some(position) => here = self.positions[position],
                        None => return false,
                    }
                }
                false
            }
            Member::Group(group) => {
                depth <= self.groups.len() && self.groups[group].iter().any(|one| self.is_in(user, *one, way, depth + 1))
            }
            Member::Territory(territory) => (0..self.territories.len())
                .filter(|one| match way {
                    Way::With => self.territory_lies_in(territory, *one),
                    Way::Owning => self.territory_lies_in(*one, territory),
                })
                .any(|one| self.territories[one].members.iter().any(|member| self.is_in(user, *member, way, 0))),
        }
    }

    fn territory_lies_in(&self, territory: usize, high: usize) -> bool {
        let mut here = Some(territory);
        for _ in 0..=self.territories.len() {
            match here {
                Some(one) if one == high => return true,
                Some(one) => here = self.territories[one].parent,
                None => return false,
            }
        }
        false
    }

    fn team_lies_in(&self, team: usize, high: usize) -> bool {
        let mut here = Some(team);
        for _ in 0..=self.teams.len() {
            match here {
                Some(one) if one == high => return true,
                Some(one) => here = self.teams[one].parent,
                None => return false,
            }
        }
        false
    }
}
