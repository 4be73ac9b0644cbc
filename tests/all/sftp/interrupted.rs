//! Uploads that end in the middle: what is half is never taken for whole, and what is resumed is
//! taken once.

use filsluse::types::verdict::Evidence;

use super::{
    accounts::may_run,
    installation::{Installation, Spec},
    lists,
};

/// Some two megabytes, at half a megabyte a second.
const PEOPLE: u32 = 4000;
const KILOBITS: u32 = 4000;

#[test]
fn a_cut_connection_leaves_the_half_where_it_is_until_it_is_resumed() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let file = site.local("large.xml", lists::xml("XEX", "large", 0, PEOPLE));
    let small =
        |n: u32| site.local("small.xml", lists::xml("XEX", &format!("s{n}"), 90_000 + n, 1));
    let put_small = |n: u32| {
        client.sftp(&format!("put {} inbound/small-{n}.xml\n", small(n).display()));
        site.receipt("xex", &format!("small-{n}.xml"));
    };

    let upload = client.slow_put(&file, "inbound/large.xml", KILOBITS).at_half();
    site.server.cut_sessions();
    upload.ended();
    // The daemon goes on beside it, looks at it again, and leaves it.
    put_small(1);
    put_small(2);
    assert_eq!(site.left("xex"), ["large.xml"]);

    let upload = client.slow_put(&file, "inbound/killed.xml", KILOBITS).at_half();
    upload.kill();
    put_small(3);
    assert_eq!(site.left("xex"), ["killed.xml", "large.xml"]);

    client.sftp(&format!("reput {} inbound/large.xml\n", file.display()));
    let first = site.receipt("xex", "large.xml");
    assert_eq!(first.headline(), "ACCEPTED", "{}", first.text);
    client.lftp(&format!("put -c {} -o inbound/killed.xml", file.display()));
    // The same bytes: had half of them been taken before, they would not be.
    let second = site.receipt("xex", "killed.xml");
    assert_eq!(second.headline(), "ALREADY RECEIVED", "{}", second.text);
    assert_eq!(site.exactly("xex", 5).len(), 5);
    assert_eq!(site.left("xex"), [""; 0]);
    for submission in site.submissions() {
        assert_eq!(submission["evidence"], "structure", "{submission}");
        assert_eq!(submission["state"], "done", "{submission}");
    }
    daemon.stop();
}

#[test]
fn ctrl_c_at_half_is_answered_and_never_accepted() {
    if !may_run() {
        return;
    }
    // This sender's minimum is met by a half file that its client has closed cleanly.
    let site = Installation::new(&[Spec::new("xex", Evidence::Closed)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let file = site.local("large.xml", lists::xml("XEX", "large", 0, PEOPLE));
    client.slow_put(&file, "inbound/large.xml", KILOBITS).at_half().interrupt();
    let half = site.receipt("xex", "large.xml");
    assert_eq!(half.headline(), "REJECTED", "{}", half.text);
    assert_eq!(site.stored(), 0);
    assert_eq!(site.submissions()[0]["evidence"], "closed");

    client.sftp(&format!("put {} inbound/large.xml\n", file.display()));
    let receipts = site.exactly("xex", 2);
    assert_eq!(receipts.iter().filter(|r| r.headline() == "ACCEPTED").count(), 1);
    assert_eq!(site.left("xex"), [""; 0]);
    daemon.stop();
}

#[test]
fn without_its_manifest_nothing_is_taken_and_with_a_wrong_one_it_is_refused() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Manifest)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let list = |n: u32| lists::xml("XEX", &n.to_string(), n * 10, 2);
    let manifest = |name: &str, content: &str| {
        format!("{}  {name}\n", filsluse::types::digest::Sha256::of(content.as_bytes()))
    };
    let before = site.local("before.xml", list(1));
    let before_sum = site.local("before.xml.sha256", manifest("before.xml", &list(1)));
    let after = site.local("after.xml", list(2));
    let after_sum = site.local("after.xml.sha256", manifest("after.xml", &list(2)));
    let wrong = site.local("wrong.xml", list(3));
    let wrong_sum = site.local("wrong.xml.sha256", manifest("wrong.xml", &list(4)));

    client.sftp(&format!("put {} inbound/after.xml\n", after.display()));
    client.sftp(&format!(
        "put {} inbound/before.xml.sha256\nput {} inbound/before.xml\n",
        before_sum.display(),
        before.display()
    ));
    let receipt = site.receipt("xex", "before.xml");
    assert_eq!(receipt.headline(), "ACCEPTED", "{}", receipt.text);
    // Whole, closed and quiet, but nobody has vouched for it.
    assert_eq!(site.left("xex"), ["after.xml"]);
    client.sftp(&format!("put {} inbound/after.xml.sha256\n", after_sum.display()));
    let receipt = site.receipt("xex", "after.xml");
    assert_eq!(receipt.headline(), "ACCEPTED", "{}", receipt.text);

    client.sftp(&format!(
        "put {} inbound/wrong.xml\nput {} inbound/wrong.xml.sha256\n",
        wrong.display(),
        wrong_sum.display()
    ));
    let receipt = site.receipt("xex", "wrong.xml");
    assert_eq!(receipt.headline(), "REJECTED", "{}", receipt.text);
    assert!(receipt.text.contains("IN-01"), "{}", receipt.text);
    site.exactly("xex", 3);
    assert_eq!(site.left("xex"), [""; 0], "manifests go with their files");
    daemon.stop();
}
