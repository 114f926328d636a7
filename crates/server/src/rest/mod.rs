//! The REST API: one file per endpoint verb or small family, each with request, answer, handler and OpenAPI text.

pub mod about;
pub mod access;
pub mod answer;
pub mod audit;
pub mod change_sets;
pub mod changes;
pub mod client_errors;
pub mod exports;
pub mod files;
pub mod imports;
pub mod jobs;
pub mod links;
pub mod me;
pub mod notifications;
pub mod objects;
pub mod organisation;
pub mod passkeys;
pub mod problems;
pub mod query;
pub mod records;
pub mod recycle_bin;
pub mod roles;
pub mod search;
pub mod second_factor;
pub mod sessions;
pub mod shapes;
pub mod sharing;
pub mod tokens;
pub mod users;
pub mod views;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::live::events;

/// Every route of the API, with its documentation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(about::get_about))
        .routes(routes!(sessions::list_sessions, sessions::create_session, sessions::end_other_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::current_session, sessions::delete_session))
        .routes(routes!(sessions::prove_session))
        .routes(routes!(sessions::begin_preview, sessions::end_preview))
        .routes(routes!(second_factor::get_second_factor, second_factor::begin_second_factor, second_factor::confirm_second_factor))
        .routes(routes!(second_factor::renew_recovery_codes))
        .routes(routes!(second_factor::turn_second_factor_off))
        .routes(routes!(second_factor::reset_second_factor))
        .routes(routes!(passkeys::list_passkeys, passkeys::register_passkey))
        .routes(routes!(passkeys::begin_passkey))
        .routes(routes!(passkeys::remove_passkey))
        .routes(routes!(passkeys::begin_passkey_sign_in))
        .routes(routes!(passkeys::sign_in_by_passkey))
        .routes(routes!(links::ask_for_reset))
        .routes(routes!(links::open_password_link, links::use_password_link))
        .routes(routes!(links::invite_user))
        .routes(routes!(links::list_mails))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(me::update_me))
        .routes(routes!(organisation::update_organisation))
        .routes(routes!(users::set_password))
        .routes(routes!(access::explain_access))
        .routes(routes!(roles::list_roles, roles::create_role))
        .routes(routes!(roles::get_role, roles::replace_role, roles::delete_role))
        .routes(routes!(sharing::list_sharing))
        .routes(routes!(sharing::get_sharing, sharing::replace_sharing))
        .routes(routes!(me::list_recent, me::note_recent))
        .routes(routes!(objects::read::list_objects, objects::write::create_object))
        .routes(routes!(objects::read::get_object, objects::write::update_object, objects::write::delete_object))
        .routes(routes!(objects::write::create_field))
        .routes(routes!(objects::write::update_field, objects::write::delete_field))
        .routes(routes!(views::list_views, views::create_view))
        .routes(routes!(views::update_view, views::delete_view))
        .routes(routes!(records::list::list_records, records::create::create_record))
        .routes(routes!(records::get::get_record, records::update::update_record, records::delete::delete_record))
        .routes(routes!(records::bulk::bulk_records))
        .routes(routes!(records::bulk_edit::bulk_edit_records))
        .routes(routes!(records::bulk_edit::preview_bulk_edit))
        .routes(routes!(records::reveal::reveal_value))
        .routes(routes!(records::shares::list_shares))
        .routes(routes!(records::shares::share_record, records::shares::unshare_record))
        .routes(routes!(records::erase::erase_record))
        .routes(routes!(records::history::record_history))
        .routes(routes!(records::history::record_timeline))
        .routes(routes!(recycle_bin::list_recycle_bin))
        .routes(routes!(recycle_bin::restore_records))
        .routes(routes!(recycle_bin::purge_records))
        .routes(routes!(query::get_query, query::run_query))
        .routes(routes!(search::get_search))
        .routes(routes!(change_sets::undo_change_set))
        .routes(routes!(change_sets::undo_definition))
        .routes(routes!(changes::list_changes))
        .routes(routes!(events::stream_events))
        .routes(routes!(audit::audit_checkpoint))
        .routes(routes!(audit::audit_key))
        .routes(routes!(audit::audit_tile))
        .routes(routes!(audit::audit_entries))
        .routes(routes!(audit::audit_table))
        .routes(routes!(audit::audit_posting, audit::set_audit_posting))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::get_job))
        .routes(routes!(jobs::cancel_job))
        .routes(routes!(imports::create_import, imports::list_imports))
        .routes(routes!(imports::get_import, imports::update_import))
        .routes(routes!(imports::preview_import))
        .routes(routes!(imports::dry_run_import))
        .routes(routes!(imports::run_import))
        .routes(routes!(imports::import_errors))
        .routes(routes!(imports::undo_import))
        .routes(routes!(exports::create_export))
        .routes(routes!(exports::export_file))
        .routes(routes!(client_errors::report_client_error))
        .routes(routes!(notifications::list_notifications))
        .routes(routes!(notifications::count_unread))
        .routes(routes!(notifications::read_notifications))
        .routes(routes!(notifications::get_notification_preferences, notifications::change_notification_preferences))
        .routes(routes!(files::upload_file))
        .routes(routes!(files::get_file))
        .routes(routes!(files::file_content, files::upload_version))
        .routes(routes!(files::file_versions))
        .routes(routes!(files::restore_file_version))
        .routes(routes!(files::file_preview))
        .routes(routes!(files::file_inline))
}
