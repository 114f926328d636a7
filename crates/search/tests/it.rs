//! The index alone: what is found by what, in which order, and what a folder with something else in it does.

use std::collections::BTreeMap;
use std::path::Path;

use guanxi_model::RecordId;
use guanxi_search::{Document, FORMAT, Index, IndexError, Mark, Query, Reach, Writer};

const ACCOUNT: u16 = 1;
const CONTACT: u16 = 2;

fn mark(cursor: i64) -> Mark {
    Mark { format: FORMAT, cursor, proof: format!("p{cursor}"), complete: true }
}

fn document(object: u16, n: i64, name: &str) -> Document {
    Document { id: RecordId::new(n, object).0, owner: n, updated: n * 1_000_000, name: name.to_owned(), ..Document::default() }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn filled(folder: &Path, documents: &[Document]) -> Index {
    let index = Index::open(folder).unwrap();
    let mut writer = Writer::open(&index).unwrap();
    documents.iter().for_each(|d| writer.add(d).unwrap());
    writer.commit(&mark(1)).unwrap();
    writer.close().unwrap();
    index
}

fn reach(all: &[u16]) -> BTreeMap<u16, Reach> {
    all.iter().map(|no| (*no, Reach::All)).collect()
}

/// The numbers of the records found, by object in the order of the answer.
fn found(index: &Index, text: &str) -> Vec<i64> {
    let query = Query::parse(text);
    let fuzzy = query.may_be_mistyped();
    let groups = index.search(&query, fuzzy, &reach(&[ACCOUNT, CONTACT]), 10).unwrap();
    groups.into_iter().flat_map(|g| g.hits).map(|(id, _)| id.sequence()).collect()
}

#[test]
fn records_are_found_in_every_way_that_people_type() {
    let folder = tempfile::tempdir().unwrap();
    let index = filled(
        folder.path(),
        &[
            document(ACCOUNT, 1, "上海云帆科技有限公司"),
            document(ACCOUNT, 2, "重庆長安汽車"),
            Document { details: texts(&["sales@acme.example", "T-00042"]), ..document(ACCOUNT, 3, "Acme Salesforce Ltd") },
            Document { phones: texts(&["+86 138-0013-8000"]), ..document(CONTACT, 4, "单雄信") },
            Document { texts: texts(&["和采购部的张伟谈了上海的会议"]), ..document(CONTACT, 5, "吕布") },
        ],
    );
    for (text, expected) in [
        ("云帆", vec![1]),
        ("云", vec![1]),
        ("云帆公司", vec![1]),
        ("雲帆科技", vec![1]),
        ("yunfan", vec![1]),
        ("yunfankeji", vec![1]),
        ("yunf", vec![1]),
        ("yfkj", vec![1]),
        ("chongqing", vec![2]),
        ("zhongqing", vec![2]),
        ("cqca", vec![2]),
        ("长安", vec![2]),
        ("acme", vec![3]),
        ("ac", vec![3]),
        ("acme sal", vec![3]),
        ("salesf", vec![3]),
        ("salsforce", vec![3]),
        ("sales@acme", vec![3]),
        ("T-00042", vec![3]),
        ("42", vec![3]),
        ("shan", vec![4, 1]),
        ("shanxiongxin", vec![4]),
        ("danxiong", vec![4]),
        ("8000", vec![4]),
        ("138 0013", vec![4]),
        ("13800138000", vec![4]),
        ("lvbu", vec![5]),
        ("lyu", vec![5]),
        ("张伟 会议", vec![5]),
        ("采购会议", vec![5]),
        ("张", vec![5]),
        ("zhangwei", vec![]),
        ("999", vec![]),
        ("云帆 长安", vec![]),
        ("", vec![]),
    ] {
        let mut hits = found(&index, text);
        let mut expected = expected;
        hits.sort_unstable();
        expected.sort_unstable();
        assert_eq!(hits, expected, "{text:?}");
    }
}

#[test]
fn better_matches_come_first_then_newer_records() {
    let folder = tempfile::tempdir().unwrap();
    let index = filled(
        folder.path(),
        &[
            Document { texts: texts(&["张伟来电"]), ..document(CONTACT, 9, "王芳") },
            document(CONTACT, 1, "张伟"),
            document(CONTACT, 2, "张伟民"),
            document(CONTACT, 3, "老张伟"),
            document(CONTACT, 4, "张伟民"),
            Document { details: texts(&["张伟组"]), ..document(CONTACT, 8, "李强") },
            document(CONTACT, 5, "章伟"),
        ],
    );
    assert_eq!(found(&index, "张伟"), [1, 4, 2, 3, 8, 9]);
    // By sound: the whole name, then those that begin so, then the others.
    assert_eq!(found(&index, "zhangwei"), [5, 1, 4, 2, 3]);
    assert_eq!(found(&index, "zw"), [5, 4, 3, 2, 1]);
}

#[test]
fn only_records_in_reach_count() {
    let folder = tempfile::tempdir().unwrap();
    let index = filled(folder.path(), &(1..=30).map(|n| document(CONTACT, n, "张伟")).collect::<Vec<_>>());
    let search = |reach: BTreeMap<u16, Reach>| index.search(&Query::parse("张伟"), false, &reach, 5).unwrap();
    let all = search(reach(&[CONTACT]));
    assert_eq!(all[0].hits.iter().map(|(id, _)| id.sequence()).collect::<Vec<_>>(), [30, 29, 28, 27, 26]);
    assert!(all[0].more);
    let own = search([(CONTACT, Reach::Own(RecordId(7)))].into());
    assert_eq!((own[0].hits.len(), own[0].hits[0].0.sequence(), own[0].more), (1, 7, false));
    assert!(search(reach(&[ACCOUNT])).is_empty());
    let team = search([(CONTACT, Reach::OneOf([3, 7, 8, 99].into()))].into());
    assert_eq!(team[0].hits.iter().map(|(id, _)| id.sequence()).collect::<Vec<_>>(), [8, 7, 3]);
    assert!(!team[0].more && search([(CONTACT, Reach::OneOf([].into()))].into()).is_empty());
}

#[test]
fn a_commit_holds_records_and_mark_together() {
    let folder = tempfile::tempdir().unwrap();
    let index = filled(folder.path(), &[document(CONTACT, 1, "张伟")]);
    let mut writer = Writer::open(&index).unwrap();
    assert!(matches!(Writer::open(&index), Err(IndexError::Busy)), "one writer at a time");
    writer.remove(RecordId::new(1, CONTACT));
    writer.add(&document(CONTACT, 1, "李强")).unwrap();
    writer.commit(&mark(2)).unwrap();
    // What is not committed is gone with the process.
    writer.add(&document(CONTACT, 2, "赵敏")).unwrap();
    drop(writer);
    drop(index);
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.mark().unwrap(), Some(mark(2)));
    assert_eq!((found(&index, "张伟"), found(&index, "李强"), found(&index, "赵敏")), (vec![], vec![1], vec![]));
    assert_eq!(index.len(), 1);
}

#[test]
fn an_index_of_another_form_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let index = filled(folder.path(), &[document(CONTACT, 1, "张伟")]);
    let mut writer = Writer::open(&index).unwrap();
    writer.commit(&Mark { format: FORMAT + 1, ..mark(3) }).unwrap();
    assert_eq!(index.mark().unwrap(), None, "the mark of another format is none");
    writer.close().unwrap();
    std::fs::write(folder.path().join("meta.json"), "{}").unwrap();
    assert!(matches!(Index::open(folder.path()), Err(IndexError::Broken(_))));
    assert!(Index::anew(folder.path()).unwrap().is_empty());
}
