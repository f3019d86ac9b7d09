//! Every capture of the reference's index, and what it states: readings, questions, or why it is
//! no message of an instrument's.
//!
//! The captures are not part of the repository; see `captures.rs`. What must stay true: a capture
//! that the index gains fails here until somebody has said what must be read from it; a value that
//! stands here is compared whole, so that a wrong one cannot pass for a right one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use wire::driver::{named, parse_all};
use wire::reading::{Kind, Message, Protocol, Reading, SpecimenKind};

/// What a capture says.
enum Says {
    /// Readings, each as `number code=value unit`, the number left out where it is the one before;
    /// `!` before the number says control material. How many readings there are in all.
    Readings(usize, &'static str),
    /// The numbers asked about.
    Asks(&'static str),
    /// Orders for these specimens, which an instrument would be sent.
    Orders(&'static str),
    /// No message of an instrument's, and why.
    Nothing(&'static str),
    /// Part of a conversation: it is understood, and says nothing for the record.
    Talk(&'static str),
    /// Another department's message, of which the index states no readings: it is told, so that a
    /// person looks at it.
    Foreign(&'static str),
}

use Says::{Asks, Foreign, Nothing, Orders, Readings, Talk};

const HOSPITAL: &str = "a hospital's message (admission, charges, documents, diet)";
const TREE: &str = "the parse tree of the message beside it";

#[rustfmt::skip]
const STATED: &[(&str, Says)] = &[
    ("astm/arch__abbott_architect_query.astm", Asks("0000040735")),
    // Its checksum does not hold, as printed in the manual: each reading says so.
    ("astm/biomerieux__vidas_pc_manual_result.bci",
        Readings(1, "990519001 HCG=28,94_mUI/ml")),
    ("astm/biomerieux__vitek2_id_ast_pus.txt",
        Readings(27, "102 GN=Citrobacter_freundii am=>=32 ams=>=32 tzp=>=128 cz06=>=64 cz03=>=64 \
                      taz=>=64 ctr=>=64 fep=<=1 azm=>=64 etp=<=0.5 mem=<=0.25 an=<=2 gm=<=1 cip=0.5 \
                      tgc=<=0.5 ftn=<=16 sxt=<=20 TETRACYCLINES=WILD")),
    ("astm/cepheid__303-0251_hivvl_quantified.rec",
        Readings(15, "HIV-1_1E3cp HIVVL=1009.64_copies/mL HIVVL^LOG=3.00_copies/mL")),
    ("astm/goastm__euroimmun_analyzer1.rec",
        Readings(20, "TEST-27-079-5-1 SARSCOV2IGA=>8_Ratio")),
    ("astm/goastm__horiba_yumizen_result.rec", Readings(20, "!PX449L MCV=78.4_um3 PLT=67_10E3/uL")),
    ("astm/goastm__immucor_galileo_order.rec", Orders("0651439A")),
    ("astm/goastm__immucor_galileo_result.rec",
        Readings(14, "0651439A Anti-A=0^0^0 Anti-B=3+^3+^45")),
    ("astm/goastm__testidentifyorderandmultipleresultswithmultiplemanufacturerdefinedfield.rec",
        Readings(20, "!SAMPLECODE MCV=78.4_um3")),
    ("astm/goastm__testidentifyorderandresult.rec", Readings(2, "VAL99999903 Pool_Cell=Negative")),
    ("astm/goastm__testidentifyordermessage.rec",
        Asks("VALI200301 VALI200302 VALI200303 VALI200304 VALI200305")),
    ("astm/goastm__testidentifywithemptylines.rec",
        Asks("VALI200301 VALI200302 VALI200304 VALI200305")),
    ("astm/intelis__abbott_m2000_run.astm",
        Readings(21, "!HIV_NEG HIV0.6ml=Not_detected_Copies_/_mL \
                      !HIV_LOPOS HIV0.6ml=1523_Copies_/_mL !HIV_HIPOS HIV0.6ml=1094012_Copies_/_mL \
                      VL00000001 HIV0.6ml=Not_detected_Copies_/_mL \
                      VL00000002 HIV0.6ml=<40_Copies_/_mL VL00000003 HIV0.6ml=86321_Copies_/_mL \
                      344 HIV0.6ml=Not_detected_Copies_/_mL")),
    ("astm/intelis__genexpert_62_en_6sessions.astm",
        Readings(80, "EID26000576U HIV-1_QUAL_2^HIV-1=DETECTED \
                      EID26000580O HIV-1_QUAL_2^HIV-1=NOT_DETECTED \
                      PATIENT_A1 HIV-1_QUAL_2^HIV-1=-ERROR bp26-00064 HIV-1_VL_2_2=NOT_DETECTED_copies/mL \
                      bp26-00065 HIV-1_VL_2_2=1234.56_copies/mL \
                      sp26-00147 MTB-RIF_ULTRA_2^MTB=NOT_DETECTED")),
    ("astm/intelis__genexpert_65_fr_latin1_8sessions.astm",
        Readings(84, "VL07260009 HIV-1=NON_DÉTECTÉ_copies/mL VL04260004 HIV-1=1420403,41_copies/mL \
                      VL05260008 HIV-1=-PAS_DE_RÉSULTAT_copies/mL VL08260017 HIV-1=-ERREUR_copies/mL")),
    ("astm/intelis__roche_taqman_amplilink_nochecksum.astm",
        Readings(5, "TM-0001/26 HI2CAP96=Target_Not_Detected TM-0002/26 HI2CAP96=2.52E+3_(3.40)_cp/mL \
                     !QC_1 HI2CAP96=1035.95864507225_cp/ml")),
    ("astm/levinalex__immulite_query.astm", Asks("123ABC")),
    ("astm/misc__abbott_alinity_ci_syphilis.astm",
        Readings(4, "12311/1000 565=0.04_S/CO 565=Nonreactive 565=534_RLU")),
    ("astm/misc__beckman_dxi800_query_then_results.astm",
        Readings(4, "1200013589 Testo=15.44_nmol/L 7030133133 Testo=0.82_nmol/L SHBG=80.06_nmol/L \
                     hFSH=86.49_IU/L")),
    ("astm/misc__sysmex_cs2500.astm",
        Readings(5, "6550049260 041=10.6_sec 042=117.2_% 043=0.93 044=>5.0_g/L 051=25.4_sec")),
    ("astm/radiometer__abl9_soh_envelope.txt", Nothing("a description of an envelope, in words")),
    ("astm/rubyastm__cobas_e411_multiframe.astm",
        Readings(7, "000002327 8=1.95_uIU/ml 7=9.61_ug/dl 6=132.1_ng/dl 5=-1^0.282_COI \
                     4=-1^0.707_COI 3=<3.00_ng/ml 1=141.3_pg/ml")),
    ("astm/rubyastm__cobas_e411_multiframe.chunks.json",
        Nothing("the capture above as hexadecimal reads; played by captures.rs")),
    ("astm/rubyastm__cobas_e411_query.astm", Asks("0000000387")),
    ("astm/rubyastm__cobas_e411_result_etb.astm", Readings(2, "xxxxxx 5=-1^0.325_COI 4=-1^0.318_COI")),
    ("astm/rubyastm__erba_em200_query.astm", Asks("010520182")),
    ("astm/rubyastm__erba_em200_result.astm",
        Readings(2, "Xxxx_Xxxxx GLU=115.5_mg/dl Xxxx_Xxxxx1 CRE=0.75_mg/dl")),
    ("astm/senaite__abbott_afinion2.astm", Readings(1, "3643 HbA1c=5.9_%")),
    ("astm/senaite__dca_vantage.astm",
        Readings(3, "BU24R554 Alb=63.7_mg/L Crt=230.8_mg/dL Ratio=27.6_mg/g")),
    ("astm/senaite__mini_vidas_mock.astm", Readings(1, "Z1G021SCR HBCT=0.05")),
    ("astm/senaite__pentra_xlr.astm",
        Readings(21, "S1234 WBC=8.5_1 LYM#=3.29_1 LYM%=38.6_1 MON#=0.15_1 NEU#=4.62_1 EOS#=0.46_1 \
                      BAS#=------_1 RBC=4.65_1 HGB=14.0_1 HCT=40.9_1 MCV=88_1 PLT=234_1 MPV=10.2_1")),
    ("astm/senaite__spotchem_el_mock.astm",
        Readings(3, "1DC042FP Na=131.0_mmol/L K=9.7_mmol/L Cl=96.0_mmol/L")),
    ("astm/senaite__sysmex_xn550.astm",
        Readings(41, "27 WBC=8.13_10*3/uL RBC=2.60_10*6/uL HGB=8.0_g/dL HCT=22.7_% MCV=87.3_fL \
                      MCH=30.8_pg MCHC=35.2_g/dL PLT=99_10*3/uL")),
    ("astm/snibe__maglumi1000_query_simplified.astm", Asks("1234567")),
    ("astm/snibe__maglumi1000_result_simplified.astm", Readings(1, "1234567 CYFRA211=0")),
    ("elr/nist_lri__gu_001.01_esr_corrected.hl7", Readings(1, "R-783274 30341-2=20_mm/h")),
    ("elr/nodehl7complete__cerner_cerner_en.hl7",
        Readings(1, "2010273000016 548-8=Bordetella_pertussis")),
    ("elr/nodehl7complete__cerner_cerner_sequential.hl7",
        Readings(1, "2010273000016 548-8=Bordetella_pertussis")),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase1.expected.json", Nothing(TREE)),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase1.hl7",
        Readings(1, "9700123 10368-9=50_ug/dL")),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase3.expected.json", Nothing(TREE)),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase3.hl7",
        Readings(1, "9700123 10368-9=25_ug/dl")),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase5.expected.json", Nothing(TREE)),
    ("elr/nodehl7complete__nist_ORU_R01_2.5.1_SampleTestCase5.hl7",
        Readings(1, "7564832 10676-5=850000_iU/mL")),
    ("elr/nodehl7complete__realm_realm-animal-rabies.hl7", Readings(1, "9700123 6528-4=Detected")),
    ("elr/nodehl7complete__realm_realm-cj-badloinc.hl7",
        Readings(1, "9700123 xx625-4=Campylobacter_jejuni")),
    ("elr/nodehl7complete__realm_realm-cj.hl7", Readings(1, "9700123 625-4=Campylobacter_jejuni")),
    ("hl7/hapi__adt_a01.hl7", Foreign(HOSPITAL)),
    ("hl7/hapi__adt_a03_it.hl7", Foreign(HOSPITAL)),
    ("hl7/hapi__omd_o03.hl7", Foreign(HOSPITAL)),
    ("hl7/hapi__oml_o21_glucose_tolerance.hl7",
        Readings(23, "123456781 14996-3=4200_umol/l 30263-8=6000_umol/l 555 14756-1=7200_umol/l \
                      P999999/5 470=14.31_g/dL")),
    ("hl7/hl7apy__oml_o33_tpo.hl7", Orders("100187400201")),
    ("hl7/intelis__abbott_alinity_m_single.mllp", Readings(4, "VL00000101 1006=Not_Detected")),
    ("hl7/intelis__roche_cobas4800_query.mllp", Asks("VL260006")),
    ("hl7/intelis__roche_cobas4800_run.mllp",
        Readings(16, "!0PHJ100001N0QVJ 0BHIV1=3.26E+05_cp/mL_1/mL \
                      !0PLJ100002N07UX 0BHIV1=2.46E+02_cp/mL_1/mL \
                      !0N1J100003O0OEZ 0BHIV1=Target_Not_Detected VL260001 0BHIV1=Target_Not_Detected \
                      VL260002 0BHIV1=<_Titer_min VL260003 0BHIV1=6.73E+01_cp/mL_1/mL \
                      VL260004 0BHIV1=-Invalid VL260005 0BHIV1=1.70E+05_cp/mL_1/mL")),
    // The unit carries a power of ten: 763 of 10*-1 copies is the 76.3 that the index states.
    ("hl7/intelis__roche_cobas6800.mllp",
        Readings(23, "WB26-02146 HIV=763_10*-1.{Copies}/mL BP26-15201 HIV=194_10*0.{Copies}/mL \
                      BP26-15202 HIV=226_10*4.{Copies}/mL WB26-02135 HIV=-ValueNotSet \
                      70241-5=Target_Not_Detected BP26-15178 HIV=-ValueNotSet 70241-5=<_Titer_min \
                      BP26-16850 70241-5=-Invalid")),
    ("hl7/jahis__oul_r22_utf8.hl7",
        Readings(8, "000000002928810 3B035000002327201=14_IU/L 3C015000002327101=0.53_mg/dl \
                     2A030000001928201=12.8_g/dl")),
    ("hl7/mindray__bc5380_manual_c33.hl7",
        Readings(25, "20071207011 6690-2=9.81_10*9/L 789-8=4.53_10*12/L 718-7=65_g/L \
                      777-3=212_10*9/L 704-7=-_10*9/L")),
    ("hl7/mindray__bs480_order_download.mllp", Nothing("what the laboratory sends, in two blocks")),
    ("hl7/nodehl7complete__catalyze-io_orm-example.hl7", Orders("1858")),
    ("hl7/nodehl7complete__health-standards_bar-example.hl7", Foreign(HOSPITAL)),
    ("hl7/nodehl7complete__mieweb_dft-example.hl7", Foreign(HOSPITAL)),
    ("hl7/nodehl7complete__misc_bad-phone-example.hl7", Foreign(HOSPITAL)),
    ("hl7/nodehl7complete__remote-operations_mdm-example.hl7", Foreign(HOSPITAL)),
    ("hl7/rubyastm__siemens_clinitek_status.hl7",
        Readings(12, "010820187 GLU=Negative SG=<=1.005 pH=6.0 URO=3.2_umol/L COL=Yellow CLA=Clear")),
    ("hl7/tamalabs__biosystems_ba200_a400.hl7",
        Readings(10, "SI_APA FERRITIN=7.29504681_μg/L IRON_FERROZINE=6.75784826_μg/dL \
                      GLUCOSE=77.7815018_mg/dL")),
    ("hl7/tamalabs__biosystems_ba200_query.hl7", Asks("20250107000003")),
    ("poct1a/nova__statstrip_DST.R01.xml", Talk("the state of the device")),
    ("poct1a/nova__statstrip_HEL.R01.xml", Talk("the greeting of the device")),
    ("poct1a/standash__dca_01_device_HEL.R01.xml", Talk("the greeting of the device")),
    ("poct1a/standash__dca_02_host_ACK.R01.xml", Talk("what the laboratory answers")),
    ("poct1a/standash__dca_03_device_DST.R01.xml", Talk("the state of the device")),
    ("poct1a/standash__dca_04_host_ACK.R01.xml", Talk("what the laboratory answers")),
    ("poct1a/standash__dca_05_host_REQ.R01.xml", Talk("what the laboratory asks for")),
    ("poct1a/standash__dca_06_device_OBS.R01.xml",
        Readings(2, "1 HbA1c=64_mmol/mol eAG=183_mg/dL")),
    ("poct1a/standash__dca_07_host_ACK.R01.xml", Talk("what the laboratory answers")),
    ("poct1a/standash__dca_08_device_EOT.R01.xml", Talk("all results are sent")),
    ("poct1a/standash__dca_09_host_DTV.R01.xml", Talk("what the laboratory directs")),
    ("poct1a/standash__dca_10_device_ACK.R01.xml", Talk("the acknowledgment of the device")),
    ("poct1a/standash__dca_vantage_conversation.pcapng",
        Nothing("packets of a network; its messages are the ten documents above")),
];

fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("MENISCUS_REFERENCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference"),
        PathBuf::from,
    );
    let folder = root.join("wires/captures");
    if folder.join("INDEX.tsv").is_file() {
        return Some(folder);
    }
    eprintln!("NOT RUN: no index of captures at {}", folder.display());
    None
}

/// What a capture says, by its name; whole folders where every file is of one kind.
fn stated(name: &str) -> Option<&'static Says> {
    const WHOLE: &[(&str, Says)] = &[("fhir/", Nothing("FHIR resources, read by another room"))];
    let one = STATED.iter().find(|(known, _)| *known == name);
    let of_folder = || WHOLE.iter().find(|(begin, _)| name.starts_with(begin));
    one.or_else(of_folder).map(|(_, says)| says)
}

#[test]
fn every_capture_says_what_the_index_states() {
    let Some(folder) = folder() else { return };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).expect("the index");
    let names: Vec<&str> =
        index.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        let says = stated(name).unwrap_or_else(|| panic!("{name}: nobody said what it states"));
        let bytes = std::fs::read(folder.join(name)).expect("the capture");
        let all = match name.contains("euroimmun") {
            // Its header names no sender, so that nobody can know it by its messages.
            true => vec![named("euroimmun").expect("a driver").read(&bytes)],
            false => parse_all(None, &bytes),
        };
        *counts.entry(judge(name, says, &all)).or_default() += 1;
    }
    for (name, _) in STATED {
        assert!(names.contains(name), "{name} is not in the index any more");
    }
    println!("{} captures: {counts:?}", names.len());
}

fn judge(name: &str, says: &Says, all: &[Message]) -> &'static str {
    match says {
        Readings(count, expect) => {
            let found: Vec<String> = all.iter().flat_map(written).collect();
            assert_eq!(found.len(), *count, "{name}: {found:#?}");
            for line in wanted(expect) {
                assert!(found.contains(&line), "{name}: {line} not in {found:#?}");
            }
            "readings"
        }
        Asks(expect) => {
            let asked = all.iter().flat_map(|m| &m.queries).flat_map(|q| q.specimens.clone());
            let asked: Vec<String> = asked.collect();
            assert_eq!(asked, expect.split(' ').collect::<Vec<_>>(), "{name}");
            "questions"
        }
        Orders(expect) => {
            assert!(all.iter().all(|m| m.kind == Kind::Order), "{name}: {all:#?}");
            let numbers: BTreeSet<&str> =
                all.iter().flat_map(|m| &m.specimens).map(|s| s.id.as_str()).collect();
            assert_eq!(numbers, expect.split(' ').collect(), "{name}");
            "orders"
        }
        Talk(because) => {
            let [message] = all else { panic!("{name}: {because}: {all:#?}") };
            assert_eq!(message.protocol, Protocol::Poct1a, "{name}");
            assert_eq!(message.not_understood, [], "{name}: {because}");
            assert!(message.id.is_some() && message.specimens.is_empty(), "{name}: {because}");
            "conversation"
        }
        Foreign(because) => {
            assert!(all.iter().flat_map(Message::readings).next().is_none(), "{name}: {because}");
            assert!(
                !all.is_empty() && all.iter().all(|m| !m.not_understood.is_empty()),
                "{name}: {because}, and nothing says so"
            );
            "another department's"
        }
        Nothing(because) => {
            let readings = all.iter().flat_map(Message::readings).count();
            assert_eq!(readings, 0, "{name}: {because}");
            "no message"
        }
    }
}

/// `number code=value unit` for each thing expected, `_` standing for a blank.
fn wanted(expect: &str) -> Vec<String> {
    let (mut number, mut out) = ("", Vec::new());
    for word in expect.split_whitespace() {
        match word.contains('=') {
            false => number = word,
            true => out.push(format!("{number} {word}")),
        }
    }
    out
}

/// Every reading as [`wanted`] writes it; a value without a measurement has a dash before it.
fn written(message: &Message) -> Vec<String> {
    let line = |reading: &Reading| {
        let comparator = reading.comparator.as_deref().unwrap_or("");
        let dash = if reading.measured { "" } else { "-" };
        let unit = reading.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        format!("{}={dash}{comparator}{}{unit}", reading.code, reading.value)
    };
    let one = |(specimen, reading): (&wire::reading::Specimen, &Reading)| {
        let control = if specimen.kind == SpecimenKind::Control { "!" } else { "" };
        format!("{control}{} {}", specimen.id.replace(' ', "_"), line(reading).replace(' ', "_"))
    };
    message.readings().map(one).collect()
}
