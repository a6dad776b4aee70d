//! Any text as a mapping template, rendered with any text as the body.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use tollgate::core::{
    ClientRequest, Context, Ids as _, Moment, RandomIds, SeededRandom, StageContext, StageVariables,
};
use tollgate::mapping::{MappingTemplate, Payload, TemplateScope};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let stage = StageContext {
        variables: StageVariables::from_iter([("version", "7")]),
        ..StageContext::local()
    };
    let ids = RandomIds::new(Arc::new(SeededRandom::new(1))).request();
    let target = "/pets/7?page=2".parse().expect("it is a target");
    let request = ClientRequest::new(http::Method::GET, target);
    Context::new(Arc::new(stage), ids, Moment::default(), request)
});

fuzz_target!(|input: (&str, &str)| {
    let (source, body) = input;
    if let Ok(template) = MappingTemplate::parse(source) {
        // A failure is as good as a text; a crash or a hang is neither.
        let _ = template.render(&TemplateScope {
            context: &CONTEXT,
            payload: Payload::new(body),
        });
    }
});
