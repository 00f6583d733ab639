# The error kind behind a report of the official binary, which prints none.
# Input: its standard error as plain text. Variable `source`: the program, needed where two kinds
# share one text. Output: one kind, or `unknown: TEXT`.
# The first error decides; lines below it (labels, notes) separate kinds with the same title.

BEGIN { title = ""; body = "" }
/^warning: / { if (title == "") next }
/^thread '.*' .*(panicked|overflowed)/ { crash = 1 }
/^error: / { if (title == "") { title = substr($0, 8); next } }
title != "" { body = body "\n" $0 }

function says(text) { return index(body, text) > 0 }

function evaluation(t) {
  if (t ~ /^contract broken by/) {
    if (body ~ /^\n *: cannot .* sealed by a polymorphic contract/)
      return "IllegalPolymorphicTailAccess"
    return "BlameError"
  }
  if (t ~ /^missing definition for /) return "MissingFieldDef"
  if (t ~ /^missing field /) return "FieldMissing"
  if (t == "not a function") return "NotAFunc"
  if (t == "not enough arguments") return "NotEnoughArgs"
  if (t == "non mergeable terms") return "MergeIncompatibleArgs"
  if (t == "tried to query field of a non-record") return "QueryNonRecord"
  if (t == "infinite recursion") return "InfiniteRecursion"
  if (t == "cannot compare values for equality") return "IncomparableValues"
  if (t == "destructuring failed") return "FailedDestructuring"
  if (t == "unmatched pattern")
    return says("This match expression isn't exhaustive") ? "NonExhaustiveEnumMatch" \
                                                          : "NonExhaustiveMatch"
  if (t == "dynamic type error") {
    if (body ~ /expects its [0-9]+(st|nd|rd|th) argument to be/) return "NAryPrimopTypeError"
    if (body ~ /expects its argument to be/) return "UnaryPrimopTypeError"
    return "TypeError"
  }
  if (t ~ /^(json|toml|yaml) parse error/)
    return says("while parsing ") ? "DeserializationErrorWithInner" : "DeserializationError"
  if (t ~ /^(division by zero|regex parse error|Compiled regex exceeds)/) return "Other"
  if (t ~ /^(array|string|number|record|enum|label)\/[a-z_0-9]+: /) return "Other"
  if (t ~ /^internal error/) return "InternalError"
  if (t ~ /^to_string: |^substring: expected/) return "Other"
  if (t ~ / expects its (first|second|third) argument to be |out of bounds/) return "Other"
  return ""
}

function typecheck(t) {
  if (t == "incompatible types")
    return says("Expected a dictionary type") ? "InhomogeneousRecord" : "TypeMismatch"
  if (t ~ /^unbound identifier/) return "UnboundIdentifier"
  if (t ~ /^unbound type variable/) return "UnboundTypeVariable"
  if (t ~ /^type error: missing (field|row) /) return "MissingRow"
  if (t ~ /^type error: extra (field|row) /) return "ExtraRow"
  if (t ~ /^type error: extra dynamic tail/) {
    # The title of its opposite, too: there the tail is in the expected type.
    return body ~ /; Dyn }`, which does not contain the tail/ ? "MissingDynTail" : "ExtraDynTail"
  }
  if (t == "incompatible record rows declaration") return "RecordRowMismatch"
  if (t == "incompatible enum rows declaration") return "EnumRowMismatch"
  if (t ~ /^multiple (record )?row(s)? declarations/) return "RecordRowConflict"
  if (t ~ /^multiple enum row declarations/) return "EnumRowConflict"
  if (t == "function types mismatch") return "ArrowTypeMismatch"
  if (t ~ /^types containing user-defined contracts/) return "CtrTypeInTermPos"
  if (t ~ /^invalid polymorphic generalization/) return "VarLevelMismatch"
  if (t == "or-pattern variable mismatch") return "OrPatternVarsMismatch"
  if (t ~ /are not guaranteed to be compatible with polymorphic/)
    return "ForallParametricityViolation"
  return ""
}

function exporting(t) {
  if (t ~ /doesn't support null values/) return "UnsupportedNull"
  if (t == "non serializable term") return "NonSerializable"
  if (t ~ /^The number .* is too large/) return "NumberOutOfRange"
  if (t ~ /export expects a [Ss]tring/) return "NotAString"
  if (t ~ /export expects an [Aa]rray/) return "ExpectedArray"
  if (t ~ /^no documentation found/) return "NoDocumentation"
  if (t ~ /^serialization failed/) return "Other"
  return ""
}

function parsing(t) {
  if (t ~ /^duplicated binding .* in record pattern/) return "DuplicateIdentInRecordPattern"
  if (t == "statically typed field without a definition") return "TypedFieldWithoutDefinition"
  if (t ~ /^unexpected (token|end of file)|^invalid |^duplicated binding|^unknown import format/)
    return "ParseError"
  if (t ~ /^the type variable .* is used in conflicting ways/) return "ParseError"
  if (t ~ /^(unmatched|unclosed|unsupported|multiple declarations for included field)/)
    return "ParseError"
  return ""
}

END {
  if (crash) { print "crash"; exit }
  t = title
  if (t == "") { print "unknown: (no error)"; exit }
  if (says("imported here")) {
    if (t ~ /^import of .* failed/) { print "ImportError::IoError"; exit }
    if (t ~ /no package manifest/) { print "ImportError::NoPackageMap"; exit }
    if (parsing(t) != "" || t ~ /^(json|toml|yaml) parse error/) {
      print "ImportError::ParseError"; exit
    }
  }
  if (t ~ /^invalid arithmetic operation/) { print "EvalError::Other"; exit }
  if ((k = exporting(t)) != "") {
    # An export that fails inside the program is an evaluation error with the same text.
    print (source ~ /[^e]serialize/) ? "EvalError::SerializationError" : "ExportError::" k
  } else if ((k = evaluation(t)) != "") print "EvalError::" k
  else if ((k = typecheck(t)) != "") print "TypecheckError::" k
  else if ((k = parsing(t)) != "") print "ParseError::" k
  else print "unknown: " t
}
