//! Files: versions, rights by way of the record they hang on, limits.

use guanxi_engine::files;
use guanxi_model::ErrorKind;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{TestOrg, text_of};
use serde_json::json;

use crate::import::body;

both_engines!(files_have_versions, |t: TestOrg| async move {
    let ctx = t.admin();
    let account = t.id(t.create("account", json!({"name": "A"})).await);
    let made = files::upload(&t.org, &ctx, "../报价.pdf", Some(&account), body("one")).await.unwrap();
    assert_eq!((made.name.as_str(), made.size, made.version, made.content_type.as_str()), ("报价.pdf", 3, 1, "application/pdf"));
    assert_eq!(made.sha256, "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
    assert_eq!(made.related_to_id.as_deref(), Some(account.as_str()));
    let second = files::new_version(&t.org, &ctx, &made.id, body("second")).await.unwrap();
    assert_eq!((second.version, second.size), (2, 6));
    assert_eq!(text_of(files::open(&t.org, &ctx, &made.id, None).await.unwrap()).await, "second");
    assert_eq!(text_of(files::open(&t.org, &ctx, &made.id, Some(1)).await.unwrap()).await, "one");
    assert_eq!(files::open(&t.org, &ctx, &made.id, Some(3)).await.err().unwrap().kind, ErrorKind::NotFound);
    let versions: Vec<i64> = files::versions(&t.org, &ctx, &made.id).await.unwrap().iter().map(|v| v.version).collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(files::info(&t.org, &ctx, &made.id).await.unwrap(), second);
    let listed = t.query("SELECT name, size, file_version FROM file").await;
    assert_eq!(listed, [json!({"name": "报价.pdf", "size": 6, "file_version": 2})]);
});

both_engines!(a_file_is_as_hidden_as_its_record, |t: TestOrg| async move {
    let admin = t.admin();
    guanxi_engine::schema_change::set_standard_user_scope(&t.org, &admin, guanxi_model::meta::Scope::Own).await.unwrap();
    let (ann, bob, reader) = (t.user("ann", "standard").await, t.user("bob", "standard").await, t.user("eve", "read_only").await);
    let hidden = t.id(t.create_as(&ann, "account", json!({"name": "A"})).await.unwrap().id());
    let made = files::upload(&t.org, &ann, "a.txt", Some(&hidden), body("x")).await.unwrap();
    for refused in [
        files::info(&t.org, &bob, &made.id).await.err(),
        files::open(&t.org, &bob, &made.id, None).await.err(),
        files::versions(&t.org, &bob, &made.id).await.err(),
        files::preview(&t.org, &bob, &made.id, None).await.err(),
        files::open_inline(&t.org, &bob, &made.id, None, None).await.err(),
        files::restore_version(&t.org, &bob, &made.id, 1).await.err(),
        files::new_version(&t.org, &bob, &made.id, body("y")).await.err(),
        files::upload(&t.org, &bob, "b.txt", Some(&hidden), body("y")).await.err(),
        files::info(&t.org, &ann, &hidden).await.err(),
    ] {
        assert_eq!(refused.unwrap().kind, ErrorKind::NotFound);
    }
    // The file's record given to somebody else does not give away what it hangs on.
    let id = t.org.schema().parse_id(&made.id).map(|(_, id)| id).unwrap();
    t.update_as(&admin, id, json!({"owner_id": t.id(bob.user)})).await.unwrap();
    assert_eq!(files::open(&t.org, &bob, &made.id, None).await.err().unwrap().kind, ErrorKind::NotFound);
    assert_eq!(files::upload(&t.org, &reader, "a.txt", None, body("x")).await.err().unwrap().kind, ErrorKind::Forbidden);
});

both_engines!(a_file_purged_leaves_no_bytes, |t: TestOrg| async move {
    let ctx = t.admin();
    let made = files::upload(&t.org, &ctx, "a.txt", None, body("one")).await.unwrap();
    let mut keys = t.query("SELECT storage_key FROM file").await;
    files::new_version(&t.org, &ctx, &made.id, body("second")).await.unwrap();
    keys.extend(t.query("SELECT storage_key FROM file").await);
    let id = t.org.schema().parse_id(&made.id).map(|(_, id)| id).unwrap();
    t.delete_as(&ctx, id).await.unwrap();
    for key in &keys {
        assert!(t.org.files().get(key["storage_key"].as_str().unwrap()).await.is_ok());
    }
    guanxi_engine::recycle::purge(&t.org, &ctx, &[made.id]).await.unwrap();
    for key in &keys {
        assert_eq!(t.org.files().get(key["storage_key"].as_str().unwrap()).await.err().unwrap().kind, ErrorKind::NotFound);
    }
});

/// A zip archive of parts, as office documents are.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("价目").unwrap();
    sheet.write_string(0, 0, "产品").unwrap();
    sheet.write_number(0, 1, 12.5).unwrap();
    book.save_to_buffer().unwrap()
}

async fn seen(t: &TestOrg, name: &str, bytes: impl Into<bytes::Bytes>) -> files::Preview {
    let made = files::upload(&t.org, &t.admin(), name, None, stream(bytes.into())).await.unwrap();
    files::preview(&t.org, &t.admin(), &made.id, None).await.unwrap()
}

fn stream(bytes: bytes::Bytes) -> impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> + Send + Unpin {
    futures_util::stream::iter([Ok(bytes)])
}

const WORD: &str = r#"<w:document xmlns:w="w"><w:body>
    <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>合同</w:t></w:r></w:p>
    <w:p><w:r><w:t>甲方 &amp; </w:t></w:r><w:r><w:t>乙方&#x21;</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>数量</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>3</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
    </w:body></w:document>"#;

both_engines!(text_is_taken_out_of_documents, |t: TestOrg| async move {
    let blocks = |p: &files::Preview| -> Vec<String> {
        let one = |b: &files::Block| format!("{}:{}{:?}", b.kind, b.text.clone().unwrap_or_default(), b.rows.clone().unwrap_or_default());
        p.blocks.iter().map(one).collect()
    };
    let word = seen(&t, "合同.docx", archive(&[("word/document.xml", WORD)])).await;
    assert_eq!(blocks(&word), ["heading:合同[]", "paragraph:甲方 & 乙方![]", r#"table:[["数量", "3"]]"#]);
    let slide = |text: &str| format!(r#"<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"#);
    let parts = [("ppt/presentation.xml", "<p/>"), ("ppt/slides/slide10.xml", &slide("十")), ("ppt/slides/slide2.xml", &slide("二"))];
    assert_eq!(blocks(&seen(&t, "a.pptx", archive(&parts)).await), ["heading:2[]", "paragraph:二[]", "heading:10[]", "paragraph:十[]"]);
    assert_eq!(blocks(&seen(&t, "a.xlsx", workbook()).await), ["heading:价目[]", r#"table:[["产品", "12.5"]]"#]);
    let (gb, _, _) = encoding_rs::GB18030.encode("客户;城市\n上海某某公司;上海\n");
    assert_eq!(blocks(&seen(&t, "a.csv", gb.into_owned()).await), [r#"table:[["客户", "城市"], ["上海某某公司", "上海"]]"#]);
    let text = seen(&t, "a.md", "# 标题\n").await;
    assert_eq!((text.kind, text.text.as_deref()), (files::PreviewKind::Markdown, Some("# 标题\n")));
    let page = seen(&t, "a.html", "<script>alert(1)</script>").await;
    assert_eq!((page.kind, page.text.as_deref()), (files::PreviewKind::Text, Some("<script>alert(1)</script>")));
});

both_engines!(hostile_documents_show_nothing, |t: TestOrg| async move {
    let reason = |p: files::Preview| (p.kind, p.reason);
    let none = |why| (files::PreviewKind::None, Some(why));
    let bomb = " ".repeat(20 << 20);
    assert_eq!(reason(seen(&t, "bomb.docx", archive(&[("word/document.xml", &bomb)])).await), none("too_large"));
    let laughs = r#"<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:p><w:t>&b;</w:t></w:p>"#;
    assert_eq!(reason(seen(&t, "laughs.docx", archive(&[("word/document.xml", laughs)])).await), none("too_large"));
    assert_eq!(reason(seen(&t, "cut.docx", archive(&[("word/document.xml", WORD)])[..200].to_vec()).await), none("broken"));
    assert_eq!(reason(seen(&t, "a.zip", archive(&[("a.txt", "x")])).await), none("unknown_format"));
    assert_eq!(reason(seen(&t, "a.bin", (0u8..=255).collect::<Vec<_>>()).await), none("unknown_format"));
    let wide = seen(&t, "a.csv", format!("{}\n", "x,".repeat(5_000)).repeat(300)).await;
    assert!(wide.truncated && wide.blocks[0].rows.as_ref().is_some_and(|rows| rows.len() <= 200 && rows[0].len() == 50));
});

both_engines!(a_picture_claims_no_more_than_it_may, |t: TestOrg| async move {
    let png =
        |side: u32| [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &side.to_be_bytes(), &side.to_be_bytes(), b"\x08\x02\0\0\0"].concat();
    assert_eq!(seen(&t, "a.png", png(100)).await.kind, files::PreviewKind::Image);
    assert_eq!(seen(&t, "bomb.png", png(60_000)).await.reason, Some("too_large"));
});

both_engines!(an_old_version_comes_back_as_a_new_one, |t: TestOrg| async move {
    let ctx = t.admin();
    let made = files::upload(&t.org, &ctx, "a.txt", None, body("one")).await.unwrap();
    files::new_version(&t.org, &ctx, &made.id, body("second")).await.unwrap();
    let back = files::restore_version(&t.org, &ctx, &made.id, 1).await.unwrap();
    assert_eq!((back.version, back.size, back.sha256), (3, 3, made.sha256));
    assert_eq!(text_of(files::open(&t.org, &ctx, &made.id, None).await.unwrap()).await, "one");
    assert_eq!(files::preview(&t.org, &ctx, &made.id, Some(2)).await.unwrap().text.as_deref(), Some("second"));
    let reader = t.user("eve", "read_only").await;
    assert_eq!(files::restore_version(&t.org, &reader, &made.id, 1).await.err().unwrap().kind, ErrorKind::Forbidden);
});
