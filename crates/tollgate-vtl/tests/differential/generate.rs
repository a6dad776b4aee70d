//! Random templates that are mostly well formed.

mod data;
mod directive;
mod expression;
mod macros;
mod reference;
mod text;

use crate::case::{Case, Flavour};
use crate::random::Random;

/// A case of a stream of cases.
pub(crate) fn case(seed: u64, index: usize, flavour: Flavour) -> Case {
    let stream = u64::try_from(index).expect("an index is small");
    let mut generator = Generator {
        random: Random::new(seed, stream),
        flavour,
        macros: Vec::new(),
        has_files: false,
    };
    let files = generator.files();
    let mut template = generator.template();
    if generator.random.percent(8) {
        template = generator.broken(template);
    }
    let case = Case {
        id: format!("{seed}-{index}"),
        context: generator.context(),
        props: generator.props(),
        template: template.clone(),
        files,
    };
    case.with_template(template)
}

/// Writes the parts of templates.
#[derive(Debug)]
struct Generator {
    random: Random,
    flavour: Flavour,
    /// Macros that were defined so far: name and number of parameters.
    macros: Vec<(&'static str, usize)>,
    /// Whether there are files to load.
    has_files: bool,
}

impl Generator {
    fn is_api_gateway(&self) -> bool {
        self.flavour == Flavour::ApiGateway
    }

    fn is_v2(&self) -> bool {
        self.flavour == Flavour::V2
    }

    /// A whole template. One in three keeps its directives on lines of their own.
    fn template(&mut self) -> String {
        let lines = self.random.percent(35);
        let count = 1 + self.random.below(6);
        (0..count).map(|_| self.placed(2, lines)).collect()
    }

    /// What stands in a block.
    fn body(&mut self, depth: usize) -> String {
        let lines = self.random.percent(30);
        let count = self.random.below(4);
        let body: String = (0..count).map(|_| self.placed(depth, lines)).collect();
        // A name must not swallow the word of the directive that follows.
        body + self.random.pick(&["", "", " ", "\n", ".", "\r\n  "])
    }

    fn placed(&mut self, depth: usize, lines: bool) -> String {
        let item = self.item(depth);
        if !lines {
            return item;
        }
        let indent = self.random.pick(&["", "", "  ", "    ", "\t"]);
        let end = self
            .random
            .pick(&["\n", "\n", "\n", " \n", "\n\n", "\r\n", ""]);
        format!("{indent}{item}{end}")
    }

    fn item(&mut self, depth: usize) -> String {
        match self.random.below(20) {
            0..=2 => self.text(),
            3..=6 => self.reference(2),
            7 => self.escaped(),
            8 => self.comment(),
            9..=11 => self.set(),
            12 | 13 if depth > 0 => self.condition_block(depth - 1),
            14 | 15 if depth > 0 => self.foreach(depth - 1),
            16 if depth > 0 => self.define(depth - 1),
            17 | 18 => self.macro_item(depth),
            19 => self.loader(depth),
            _ => self.text(),
        }
    }

    /// The template with one character lost, doubled or replaced.
    fn broken(&mut self, template: String) -> String {
        let mut characters: Vec<char> = template.chars().collect();
        if characters.is_empty() {
            return template;
        }
        let place = self.random.below(characters.len());
        match self.random.below(3) {
            0 => {
                characters.remove(place);
            }
            1 => characters.insert(place, characters[place]),
            _ => {
                let sigils: Vec<char> = "$#!(){}[]\"'\\.,:=|&<>@- \n".chars().collect();
                characters[place] = self.random.pick(&sigils);
            }
        }
        characters.into_iter().collect()
    }
}
