//! Every route of the API is behind a door that the permission oracle watches, or there is a reason why it need not be. A route that is
//! not in this table fails the test.

use std::collections::BTreeSet;

use guanxi_testkit::oracle::Door;
use serde_json::Value;

/// What is behind a route.
enum Behind {
    /// Doors of the oracle.
    Doors(&'static [Door]),
    /// It shows nothing of records.
    Nothing(&'static str),
    /// It shows something of records, and its own tests say what.
    Apart(&'static str),
}

use Behind::{Apart, Doors, Nothing};

const FILES: Behind = Apart("a file is seen by who sees the record it hangs on: tests of files, and visibility::by_files");
const IMPORTS: Behind =
    Apart("an import is its creator's and writes by the write door: tests of imports, and field_rights::bulk_doors_tell_no_more");
const AUDIT: Behind = Apart("for those with the right to see the audit log, which shows digests: tests of audit");
const SCHEMA: Behind = Nothing("definitions, changed by administrators only");
const SIGN_IN: Behind = Nothing("the signed-in user's own session and settings");
const TOKENS: Behind = Nothing("tokens of programs, one's own or for administrators: names and times");
const QUERY: Behind = Doors(&[Door::Query, Door::Count, Door::Sort, Door::Filter, Door::Group, Door::Path, Door::Refused]);

/// Routes by the name of the operation.
const ROUTES: &[(&str, Behind)] = &[
    ("get_about", Nothing("the program's version")),
    ("audit_checkpoint", AUDIT),
    ("audit_entries", AUDIT),
    ("audit_key", AUDIT),
    ("audit_table", AUDIT),
    ("audit_posting", AUDIT),
    ("set_audit_posting", Apart("an address for signed checkpoints, which hold no value: tests of audit")),
    ("audit_tile", AUDIT),
    ("undo_definition", SCHEMA),
    ("undo_change_set", Doors(&[Door::Undo])),
    ("list_changes", Doors(&[Door::Feed])),
    ("report_client_error", Nothing("takes a report and gives nothing")),
    ("stream_events", Doors(&[Door::Feed, Door::Notifications])),
    ("create_export", Doors(&[Door::Export])),
    ("export_file", Doors(&[Door::Export])),
    ("upload_file", FILES),
    ("get_file", FILES),
    ("file_content", FILES),
    ("upload_version", FILES),
    ("file_inline", FILES),
    ("file_preview", FILES),
    ("file_versions", FILES),
    ("restore_file_version", FILES),
    ("list_imports", IMPORTS),
    ("create_import", IMPORTS),
    ("get_import", IMPORTS),
    ("update_import", IMPORTS),
    ("dry_run_import", IMPORTS),
    ("import_errors", IMPORTS),
    ("preview_import", IMPORTS),
    ("run_import", IMPORTS),
    ("undo_import", IMPORTS),
    ("list_jobs", Nothing("the user's own jobs: titles and counts")),
    ("get_job", Apart("the user's own job; refusals of a bulk edit are those of Door::Write")),
    ("cancel_job", Nothing("the user's own jobs: titles and counts")),
    ("update_me", SIGN_IN),
    ("list_recent", Doors(&[Door::Recent])),
    ("note_recent", Doors(&[Door::Recent])),
    ("list_notifications", Doors(&[Door::Notifications])),
    ("get_notification_preferences", SIGN_IN),
    ("change_notification_preferences", SIGN_IN),
    ("read_notifications", Nothing("marks the user's own")),
    ("count_unread", Nothing("how many the user has")),
    ("list_objects", Doors(&[Door::Metadata])),
    ("get_object", Doors(&[Door::Metadata])),
    ("create_object", SCHEMA),
    ("update_object", SCHEMA),
    ("delete_object", SCHEMA),
    ("create_field", SCHEMA),
    ("update_field", SCHEMA),
    ("delete_field", SCHEMA),
    ("update_organisation", SCHEMA),
    ("get_query", QUERY),
    ("run_query", QUERY),
    ("list_records", Doors(&[Door::List, Door::Query])),
    ("create_record", Doors(&[Door::Write])),
    ("bulk_records", Doors(&[Door::Write])),
    ("bulk_edit_records", Doors(&[Door::Preview, Door::Write])),
    ("preview_bulk_edit", Doors(&[Door::Preview])),
    ("get_record", Doors(&[Door::Get])),
    ("update_record", Doors(&[Door::Write])),
    ("delete_record", Doors(&[Door::Write])),
    ("record_history", Doors(&[Door::History])),
    ("record_timeline", Doors(&[Door::Timeline])),
    ("list_recycle_bin", Doors(&[Door::Bin])),
    ("restore_records", Apart("needs the right to delete, and tells ids and counts: tests of doors, and team_scope")),
    ("purge_records", Nothing("for administrators only")),
    ("list_roles", SCHEMA),
    ("create_role", SCHEMA),
    ("get_role", SCHEMA),
    ("replace_role", SCHEMA),
    ("delete_role", SCHEMA),
    ("list_sharing", SCHEMA),
    ("get_sharing", SCHEMA),
    ("replace_sharing", SCHEMA),
    ("list_shares", Apart("whom a record that the user sees is shared with: tests of sharing")),
    ("share_record", Apart("for those who answer for the record: tests of sharing")),
    ("unshare_record", Apart("for those who answer for the record: tests of sharing")),
    ("explain_access", Apart("rights in words, to administrators or about oneself: tests of explain")),
    (
        "reveal_value",
        Apart("one masked value, noted in the audit log: field_rights::a_masked_value_is_revealed_to_those_who_may_and_that_is_noted"),
    ),
    ("erase_record", Apart("for administrators, who see everything: tests of erasure")),
    ("get_search", Doors(&[Door::Search])),
    ("create_session", SIGN_IN),
    ("current_session", SIGN_IN),
    ("list_sessions", SIGN_IN),
    ("end_session", SIGN_IN),
    ("end_other_sessions", SIGN_IN),
    ("delete_session", SIGN_IN),
    ("prove_session", SIGN_IN),
    ("begin_preview", Nothing("for administrators only, and gives nothing; what is seen then is by the doors: tests of preview")),
    ("end_preview", SIGN_IN),
    ("get_second_factor", SIGN_IN),
    ("begin_second_factor", SIGN_IN),
    ("confirm_second_factor", SIGN_IN),
    ("renew_recovery_codes", SIGN_IN),
    ("turn_second_factor_off", SIGN_IN),
    ("reset_second_factor", Nothing("for administrators only, and gives nothing")),
    ("list_passkeys", SIGN_IN),
    ("begin_passkey", SIGN_IN),
    ("register_passkey", SIGN_IN),
    ("remove_passkey", SIGN_IN),
    ("begin_passkey_sign_in", Nothing("a random challenge")),
    ("sign_in_by_passkey", SIGN_IN),
    ("ask_for_reset", Nothing("the same answer for everybody: tests of links")),
    ("open_password_link", Nothing("the address a link was sent to, to who has it")),
    ("use_password_link", Nothing("takes a password and gives nothing")),
    ("invite_user", Nothing("for administrators only, and gives nothing")),
    ("list_mails", Nothing("for administrators only")),
    ("list_tokens", TOKENS),
    ("create_token", TOKENS),
    ("revoke_token", TOKENS),
    ("set_password", Nothing("takes a password and gives nothing")),
    ("list_views", Apart("views without what is hidden from the reader: field_rights::views_leave_out_what_is_hidden")),
    ("create_view", Nothing("a view is of the words it is given")),
    ("update_view", Nothing("a view is of the words it is given")),
    ("delete_view", Nothing("gives nothing")),
];

#[test]
fn every_route_is_behind_a_door() {
    let document: Value = serde_json::from_str(&guanxi_server::openapi::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").values();
    let operations = paths.flat_map(|path| path.as_object().expect("a path").values());
    let there: BTreeSet<&str> = operations.map(|operation| operation["operationId"].as_str().expect("a name")).collect();
    let known: BTreeSet<&str> = ROUTES.iter().map(|(name, _)| *name).collect();
    assert_eq!(known.len(), ROUTES.len(), "a route twice");
    let unknown: Vec<&&str> = there.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} are behind no door: say in this table what they show, and let the oracle ask them");
    let gone: Vec<&&str> = known.difference(&there).collect();
    assert!(gone.is_empty(), "{gone:?} are no routes any more");
    for (name, behind) in ROUTES {
        match behind {
            Doors(doors) => assert!(!doors.is_empty(), "{name}"),
            Nothing(reason) | Apart(reason) => assert!(!reason.is_empty(), "{name}"),
        }
    }
    let used = |door: &Door| ROUTES.iter().any(|(_, behind)| matches!(behind, Doors(doors) if doors.contains(door)));
    let unused: Vec<&Door> = Door::ALL.iter().filter(|door| !used(door)).collect();
    assert!(unused.is_empty(), "no route leads through {unused:?}");
}
