fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        println!("=== {path}");
        for m in wire::driver::parse_all(None, &bytes) {
            println!(
                "driver={} kind={:?} sender={:?} id={:?} at={:?} assumed={}",
                m.driver, m.kind, m.sender, m.id, m.at, m.charset_assumed
            );
            for s in &m.specimens {
                println!(
                    "  S id={:?} kind={:?} pos={:?} inst={:?} by={:?} mat={:?} st={:?} pat={:?} ord={} com={} extra={}",
                    s.id,
                    s.kind,
                    s.position,
                    s.instrument_id,
                    s.read_by,
                    s.material,
                    s.status,
                    s.patient,
                    s.ordered.len(),
                    s.comments.len(),
                    s.extra.len()
                );
                for r in &s.readings {
                    println!(
                        "    {:?} {:?}={:?} {:?} {:?} cmp={:?} fl={:?} st={:?} at={:?} dil={:?} meas={} q={:?}/{:?} com={}",
                        r.nature,
                        r.code,
                        r.value.chars().take(60).collect::<String>(),
                        r.name,
                        r.unit,
                        r.comparator,
                        r.flags,
                        r.status,
                        r.at,
                        r.dilution,
                        r.measured,
                        r.qualitative,
                        r.quantitative,
                        r.comments.len()
                    );
                }
            }
            for q in &m.queries {
                println!("  Q {q:?}");
            }
            for n in &m.not_understood {
                println!(
                    "  ?? {} {:?} {}",
                    n.line,
                    n.text.chars().take(70).collect::<String>(),
                    n.because
                );
            }
        }
    }
}
