//! Tables for people.

use unicode_width::UnicodeWidthStr as _;

use crate::printable::printable;

/// Lines of cells below their headings, as wide as they must be.
pub(crate) fn table<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let rows: Vec<[String; COLUMNS]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| printable(cell).to_string()))
        .collect();
    let mut widths = headings.map(|heading| heading.width());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: [&str; COLUMNS]| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    };
    let cells = rows.iter().map(|row| row.each_ref().map(String::as_str));
    std::iter::once(headings).chain(cells).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            ["a".to_owned(), "long".to_owned()],
            ["wide cell".to_owned(), String::new()],
            ["寿司".to_owned(), "\u{1b}[2J".to_owned()],
        ];
        assert_eq!(
            table(["X", "NAME"], &rows),
            "X          NAME\n\
             a          long\n\
             wide cell\n\
             寿司       \\u{1b}[2J\n"
        );
        assert_eq!(table(["X"], &[]), "X\n");
    }
}
