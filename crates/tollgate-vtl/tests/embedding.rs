//! What an embedder puts in and how it is asked for it.

use std::cell::{Cell, RefCell};

use tollgate_vtl::{
    Budget, CallError, Globals, List, ListStyle, Map, Object, Profile, Template, Value,
};

fn parse(source: &str) -> Template {
    Template::parse(source, &Profile::api_gateway()).expect("it is a template")
}

/// `$box`: members that can be read, set, listed and called.
#[derive(Default)]
struct Tools<'a> {
    members: Map<'a>,
    log: RefCell<Vec<String>>,
}

impl<'a> Object<'a> for Tools<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.members.get(name)
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value<'a>],
        _budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        self.log
            .borrow_mut()
            .push(format!("{method}/{}", arguments.len()));
        match (method, arguments) {
            ("double", [Value::Int(number)]) => {
                Ok(number.as_i64().map(|number| Value::from(2 * number)))
            }
            ("refuse", _) => Err(CallError::new("not today")),
            _ => Ok(None),
        }
    }

    fn set(&self, name: &str, value: Value<'a>) -> bool {
        self.members.insert(name.to_owned(), value);
        true
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.members.to_vec()
    }
}

fn render(source: &str) -> String {
    let template = parse(source);
    let tools = Value::object(Tools {
        members: [("a", Value::from(1)), ("b", 2.into())]
            .into_iter()
            .collect(),
        log: RefCell::default(),
    });
    template
        .render(&move |name: &str| (name == "box").then(|| tools.clone()))
        .expect("it renders")
}

#[test]
fn objects_answer_as_maps_do() {
    for (source, expected) in [
        (
            "$box.a $box['b'] $box.get('a') [$box.gone] [$box]",
            "1 2 1 [] []",
        ),
        ("$box.double(21) [$box.unknown(1)]", "42 []"),
        (
            "$box.size() $box.isEmpty() $box.keySet() $box.values()",
            "2 false [a, b] [1, 2]",
        ),
        (
            "$box.entrySet() $box.containsKey('a') $box.containsKey('z')",
            "[a=1, b=2] true false",
        ),
        ("#foreach($v in $box)$v#end", "12"),
        (
            "#set($box.c = 3)#set($box['d'] = 4)$box.put('a', 9) $box.keySet() $box.a",
            "1 [a, b, c, d] 9",
        ),
        ("#set($alias = $box)#set($alias.a = 'x')$box.a", "x"),
    ] {
        assert_eq!(render(source), expected, "{source}");
    }
}

#[test]
fn an_object_may_refuse_a_call() {
    let template = parse("a $box.refuse()");
    let error = template
        .render(&|_: &str| Some(Value::object(Tools::default())))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "refuse() failed: not today at line 1, column 3"
    );
}

#[test]
fn a_variable_is_looked_up_once_and_only_if_read() {
    struct Counting(Cell<usize>);
    impl<'a> Globals<'a> for Counting {
        fn lookup(&self, slot: usize, name: &str) -> Option<Value<'a>> {
            assert_eq!((slot, name), (2, "read"));
            self.0.set(self.0.get() + 1);
            Some("r".into())
        }
    }
    let template = parse("#set($own = 1)$own#foreach($i in [1..3])$read#end#if(false)$never#end");
    assert_eq!(
        template.variables().collect::<Vec<_>>(),
        ["own", "i", "read", "never"]
    );
    let globals = Counting(Cell::new(0));
    assert_eq!(template.render(&globals).unwrap(), "1rrr");
    assert_eq!(globals.0.get(), 1);
}

#[test]
fn changes_are_seen_by_the_embedder() {
    let template = parse("#set($doc.url = 'x')$doc.list.add(2)$doc.list");
    let list = List::new(vec![1.into()], ListStyle::Json);
    let doc: Map<'_> = [("list", Value::from(list))].into_iter().collect();
    let globals: Map<'_> = [("doc", Value::from(doc.clone()))].into_iter().collect();
    assert_eq!(template.render(&globals).unwrap(), "true[1,2]");
    assert_eq!(doc.get("url").unwrap().as_str(), Some("x"));
}

#[test]
fn lists_print_in_their_style_wherever_they_are() {
    let template = parse("$list $map |#set($mine = [$list])$mine $list[0]");
    let inner = Value::map([("k", Value::from("a\"b"))]);
    let list = Value::from(List::new(vec![inner, Value::Null], ListStyle::Json));
    let globals: Map<'_> = [
        ("list", list.clone()),
        ("map", Value::map([("list", list)])),
    ]
    .into_iter()
    .collect();
    assert_eq!(
        template.render(&globals).unwrap(),
        r#"[{"k":"a\"b"},null] {list=[{"k":"a\"b"},null]} |[[{"k":"a\"b"},null]] {k=a"b}"#
    );
}

#[test]
fn templates_are_shared_between_threads() {
    let template = parse("$n");
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let template = template.clone();
            std::thread::spawn(move || {
                template
                    .render(&move |_: &str| Some(Value::from(n)))
                    .unwrap()
            })
        })
        .collect();
    let texts: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(texts, ["0", "1", "2", "3"]);
}

/// An object that grows a list when it goes.
struct Grows<'a>(List<'a>);

impl<'a> Object<'a> for Grows<'a> {}

impl Drop for Grows<'_> {
    fn drop(&mut self) {
        self.0.push(Value::Null);
    }
}

#[test]
fn what_is_dropped_may_change_the_list_that_a_loop_walks() {
    let source = "#foreach($i in $l)#set($l[0] = 'x')$i.o;#end";
    let template = Template::parse(source, &Profile::velocity17()).unwrap();
    let list = List::new(Vec::new(), ListStyle::Java);
    list.push(Value::map([("o", Value::object(Grows(list.clone())))]));
    list.push(Value::map([("o", Value::Null)]));
    let globals: Map<'_> = [("l", Value::from(list))].into_iter().collect();
    let error = template.render(&globals).unwrap_err();
    assert!(error.to_string().contains("changed"), "{error}");
}
