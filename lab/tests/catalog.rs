//! The catalog at its boundary: files in, tests, intervals, calculations and mistakes out.

use lab::catalog::Catalog;

#[test]
fn the_starter_catalog_has_no_mistake() {
    match Catalog::starter() {
        Ok(catalog) => assert_eq!(catalog.tests().len(), 328),
        Err(mistakes) => {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"));
        }
    }
}
