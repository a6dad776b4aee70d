//! `tollgate check`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;
use tollgate::Document;
use tollgate::core::{ApiId, Diagnostic, Severity};
use tollgate::gateway::CompileOptions;
use tollgate::model::{ApiDocument, Stage};

use crate::Outcome;
use crate::cli::{Check, Deploy, Format};
use crate::clients::Clients;
use crate::config::{self, Config};
use crate::document::{self, Compiled};
use crate::functions::Functions;
use crate::paint::Paint;
use crate::printable::printable_json;
use crate::report::{Counts, Look, Report};
use crate::site::{Site, SiteApi};

/// Says what is wrong or odd about documents, and about the configurations that apply to them.
pub(crate) fn run(options: &Check) -> Outcome {
    let reports = reports(options);
    let counts: Counts = reports.iter().map(Report::counts).sum();
    let written = match options.format {
        Format::Text => text(options, &reports, counts),
        Format::Json => json(&reports)?,
    };
    io::stdout().write_all(written.as_bytes())?;
    let fails = counts.errors > 0 || (options.deny_warnings && counts.warnings > 0);
    Ok(if fails {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// A report for each configuration and each document.
fn reports(options: &Check) -> Vec<Report> {
    let mut reports = Vec::new();
    if options.files.is_empty() {
        if let Err(report) = check_site(options, &mut reports) {
            reports.insert(0, report);
        }
        return reports;
    }
    let mut configs = BTreeMap::new();
    for file in &options.files {
        let named = options.config.clone();
        let beside = || Some(config::beside(file)).filter(|beside| beside.is_file());
        let place = named.or_else(beside);
        let config = configs
            .entry(place.clone())
            .or_insert_with(|| read(place.as_deref(), &mut reports));
        // What is wrong with it is said; how to check the document nobody knows.
        let Some(config) = config else { continue };
        match Site::new(std::slice::from_ref(file), &options.stage, config) {
            Ok(site) => {
                let options = compile_options(&site, config);
                let checked = site.api(file).map(|api| check(&api, &options));
                reports.extend(checked.map(Checked::report));
            }
            // The same may be wrong for several documents.
            Err(report) if reports.contains(&report) => {}
            Err(report) => reports.push(report),
        }
    }
    reports
}

/// Reads a configuration, and says what there is to say about it.
fn read(place: Option<&Path>, reports: &mut Vec<Report>) -> Option<Config> {
    match Config::of(place) {
        Ok(config) => {
            let report = config.unremarkable();
            reports.extend(report.file.is_some().then_some(report));
            Some(config)
        }
        Err(report) => {
            reports.push(report);
            None
        }
    }
}

/// Checks all that a configuration names, and how it is reached.
fn check_site(options: &Check, reports: &mut Vec<Report>) -> Result<(), Report> {
    let config = Config::of(options.config.as_deref())?;
    let site = Site::new(&[], &options.stage, &config)?;
    let mut said = config.unremarkable();
    let mut plans = Vec::new();
    let options = compile_options(&site, &config);
    for api in &site.apis {
        let checked = check(api, &options);
        if let Checked::Compiled(compiled) = &checked {
            plans.extend(compiled.plans.iter().cloned());
        }
        reports.push(checked.report());
    }
    if let Err(error) = site.addresses(&plans) {
        said.diagnostics
            .push(Diagnostic::error("", error.to_string()));
    }
    reports.insert(0, said);
    Ok(())
}

enum Checked {
    Compiled(Compiled),
    Refused(Report),
}

impl Checked {
    fn report(self) -> Report {
        match self {
            Self::Compiled(compiled) => compiled.report,
            Self::Refused(report) => report,
        }
    }
}

/// What serving would compile the documents with.
fn compile_options(site: &Site, config: &Config) -> CompileOptions {
    let mut options = site.compile_options.clone();
    (options.http, options.aws) = Clients::of(site).both();
    options.functions = Functions::default().of(config);
    site.callers.apply(&mut options);
    options
}

fn check(api: &SiteApi, options: &CompileOptions) -> Checked {
    let compiled =
        document::read(&api.file).and_then(|text| document::compile(api, &text, options));
    compiled.map_or_else(Checked::Refused, Checked::Compiled)
}

/// A document that can be deployed.
pub(crate) struct Deployable {
    file: PathBuf,
    text: Arc<str>,
    document: Box<Document>,
    options: CompileOptions,
}

impl Deployable {
    /// The API, of the id that it is to have.
    pub(crate) const fn api(&self) -> &ApiDocument {
        self.document.api()
    }

    /// What there is to say about it where this stage serves it.
    ///
    /// # Errors
    ///
    /// The report, where it could not be served.
    pub(crate) fn check(&self, stage: &Stage) -> Result<Report, Report> {
        let report = |said| Report::new(&self.file, self.text.clone(), said);
        let plan = self.document.compile(stage, &self.options);
        let plan = plan.map_err(report)?;
        Ok(report(plan.diagnostics().clone()))
    }
}

/// Reads a document to be deployed, as an API of the id that it is to have.
///
/// # Errors
///
/// The report, where it could not be served.
pub(crate) fn deployable(file: &Path, options: &Deploy) -> Result<Deployable, Report> {
    let place = options.config.clone();
    let beside = || Some(config::beside(file)).filter(|beside| beside.is_file());
    let config = Config::of(place.or_else(beside).as_deref())?;
    let site = Site::new(&[file.to_owned()], &options.stage, &config)?;
    let missing = || config.wrong(format!("{} is not served", file.display()));
    let known = site.api(file).ok_or_else(missing)?;
    let id = options.api.as_ref().unwrap_or(&known.id);
    let text = document::read(file)?;
    let options_of_site = compile_options(&site, &config);
    let document = document::import(&text, id, &options_of_site);
    let document = document.map_err(|said| Report::new(file, text.clone(), said))?;
    let deployable = Deployable {
        file: file.to_owned(),
        text,
        document: Box::new(document),
        options: options_of_site,
    };
    // Before there is a store: what is broken is broken for all stages.
    deployable.check(&Stage::new(options.stage.clone()))?;
    Ok(deployable)
}

/// A document as an API of this id.
///
/// # Errors
///
/// The report, where it cannot be read.
pub(crate) fn imported(file: &Path, id: &ApiId) -> Result<ApiDocument, Report> {
    let text = document::read(file)?;
    let imported = document::import(&text, id, &CompileOptions::default());
    let imported = imported.map_err(|said| Report::new(file, text.clone(), said))?;
    Ok(imported.api().clone())
}

fn text(options: &Check, reports: &[Report], counts: Counts) -> String {
    let look = Look {
        paint: Paint::of_stdout(),
        least: if options.notes {
            Severity::Note
        } else {
            Severity::Warning
        },
        most: usize::MAX,
    };
    let mut out: String = reports.iter().map(|one| look.remarks(one)).collect();
    out.push_str(&format!("{counts}\n"));
    out
}

/// A file in JSON.
#[derive(Serialize)]
struct FileJson<'r> {
    file: Option<String>,
    diagnostics: Vec<DiagnosticJson<'r>>,
}

/// A remark in JSON; what is not known is `null`.
#[derive(Serialize)]
struct DiagnosticJson<'r> {
    severity: String,
    message: &'r str,
    pointer: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    expected: Option<&'r str>,
    help: Option<&'r str>,
}

impl<'r> From<&'r Report> for FileJson<'r> {
    fn from(report: &'r Report) -> Self {
        let file = report.file.as_ref();
        Self {
            file: file.map(|file| file.display().to_string()),
            diagnostics: report.diagnostics.iter().map(Into::into).collect(),
        }
    }
}

impl<'r> From<&'r Diagnostic> for DiagnosticJson<'r> {
    fn from(one: &'r Diagnostic) -> Self {
        Self {
            severity: one.severity.to_string(),
            message: &one.message,
            pointer: &one.pointer,
            line: one.position.map(|position| position.line),
            column: one.position.map(|position| position.column),
            expected: one.expected.as_deref(),
            help: one.help.as_deref(),
        }
    }
}

fn json(reports: &[Report]) -> Result<String, serde_json::Error> {
    let files: Vec<_> = reports.iter().map(FileJson::from).collect();
    Ok(printable_json(&serde_json::to_string_pretty(&files)?))
}
