// Judges PDFs by veraPDF's own classes, run by the JavaScript engine in the same jar: needs a Java runtime, no compiler.
// Arguments: files. Prints one line of JSON for each file and profile.
var vera = org.verapdf;
java.util.logging.LogManager.getLogManager().reset();
vera.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var foundry = vera.pdfa.Foundries.defaultInstance();
var profiles = [vera.pdfa.flavours.PDFAFlavour.PDFA_3_A, vera.pdfa.flavours.PDFAFlavour.PDFUA_1];

for (var i = 0; i < arguments.length; i++) {
  for (var j = 0; j < profiles.length; j++) {
    var parser = foundry.createParser(new java.io.File(arguments[i]), profiles[j]);
    try {
      var result = foundry.createValidator(profiles[j], false).validate(parser);
      var faults = {};
      for (var it = result.getTestAssertions().iterator(); it.hasNext(); ) {
        var assertion = it.next();
        faults[String(assertion.getRuleId().getClause())] = String(assertion.getMessage());
      }
      print(JSON.stringify({
        file: String(arguments[i]), profile: String(profiles[j].getId()), compliant: Boolean(result.isCompliant()),
        checks: Number(result.getTotalAssertions()), faults: faults
      }));
    } finally {
      parser.close();
    }
  }
}
