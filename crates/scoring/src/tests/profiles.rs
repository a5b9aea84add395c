//! The shipped profiles and the names of settings.

use crate::{
    Achievement, Comparison, Confidence, CostRule, Denominator, EqualRule, EvaluationKind, Grade, Inverse, Level1Bound,
    Measure, Profile,
};

use super::{decimal, profile};

#[test]
fn the_profiles_ship_with_the_settings_of_the_specification() {
    assert_eq!(Profile::shipped().len(), 13);
    assert_eq!(Profile::latest_of_each().count(), 8);
    for (code, weight, denominator, inverse, partial) in [
        ("mof-2020", Some("10"), Denominator::FullYear, Inverse::Ratio, "0.6"),
        ("hubei-20-80", Some("20"), Denominator::FullYear, Inverse::Ratio, "0.5"),
        ("mof-2020-department", None, Denominator::FullYear, Inverse::Ratio, "0.6"),
        ("linear-inverse", Some("10"), Denominator::FullYear, Inverse::Linear, "0.6"),
        ("initial-budget", Some("10"), Denominator::Initial, Inverse::Ratio, "0.6"),
    ] {
        let profile = profile(code);
        assert_eq!(profile.version, 2);
        let first = Profile::find(code, 1).expect("the first version stays");
        assert_eq!(
            (first.cost_without_sign.value, profile.cost_without_sign.value),
            (CostRule::AsWritten, CostRule::AtMost)
        );
        assert_eq!(profile.execution_weight.value, weight.map(decimal), "{code}");
        assert_eq!(profile.denominator.value, denominator, "{code}");
        assert_eq!(profile.inverse.value, inverse, "{code}");
        assert_eq!(profile.equal.value, EqualRule::AtLeast, "{code}");
        assert_eq!(profile.bands.value.partial_from, decimal(partial), "{code}");
        assert_eq!(profile.bands.value.achieved_from, decimal("0.8"), "{code}");
        assert_eq!(profile.over_achievement_factor.value, decimal("1.3"), "{code}");
        assert_eq!(profile.reason_execution_rate.value, decimal("0.90"), "{code}");
        assert_eq!(profile.tolerance.value, decimal("0.1"), "{code}");
        assert_eq!(profile.unspent_share.value, decimal("0.20"), "{code}");
        assert_eq!(profile.performance_lead.value, decimal("0.20"), "{code}");
    }
}

#[test]
fn profiles_are_found_by_code_version_and_kind() {
    assert!(Profile::find("mof-2020", 1).is_some());
    assert!(Profile::find("mof-2020", 3).is_none());
    assert!(Profile::latest("mof-2019").is_none());
    for kind in EvaluationKind::ALL {
        assert_eq!(Profile::default_for(*kind).evaluation_kind, *kind);
    }
    assert_eq!(Profile::default_for(EvaluationKind::UnitSelfAssessment).code, "mof-2020");
}

#[test]
fn every_setting_has_a_basis_in_both_languages_and_no_convention_is_called_statutory() {
    for profile in Profile::shipped() {
        let settings = profile.settings();
        assert_eq!(settings.len(), 14);
        for setting in settings {
            let name = setting.name;
            assert!(!setting.value.is_empty(), "{name}");
            assert!(!setting.basis.is_empty() && !setting.basis_zh.is_empty(), "{name}");
            if setting.confidence == Confidence::Convention {
                assert!(setting.basis.contains("no source decides"), "{name}");
                assert!(!setting.basis_zh.contains("财预"), "{name}");
            }
        }
    }
}

#[test]
fn every_name_leads_back_to_its_value() {
    for one in Measure::ALL {
        assert_eq!(Measure::from_name(one.as_str()), Some(*one));
    }
    for one in Comparison::ALL {
        assert_eq!(Comparison::from_name(one.as_str()), Some(*one));
    }
    for one in Achievement::ALL {
        assert_eq!(Achievement::from_name(one.as_str()), Some(*one));
    }
    for one in Grade::ALL {
        assert_eq!(Grade::from_name(one.as_str()), Some(*one));
        assert_eq!(Grade::from_zh(one.zh()), Some(*one));
    }
    for one in EvaluationKind::ALL {
        assert_eq!(EvaluationKind::from_name(one.as_str()), Some(*one));
    }
    for one in Confidence::ALL {
        assert_eq!(Confidence::from_name(one.as_str()), Some(*one));
    }
    for one in Denominator::ALL {
        assert_eq!(Denominator::from_name(one.as_str()), Some(*one));
    }
    for one in Inverse::ALL {
        assert_eq!(Inverse::from_name(one.as_str()), Some(*one));
    }
    for one in EqualRule::ALL {
        assert_eq!(EqualRule::from_name(one.as_str()), Some(*one));
    }
    for one in Level1Bound::ALL {
        assert_eq!(Level1Bound::from_name(one.as_str()), Some(*one));
    }
}
