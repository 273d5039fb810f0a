using AmpEdge.IngestServer.Templates;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Templates;

public class AlertTemplateTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{ $labels.job }} {{ .Labels.job }} {{ $labels.none }}|{{ $externalLabels.region }} {{ .ExternalURL }}", "api api |eu http://here/prefix/")]
    [InlineData("{{ $value }} {{ .Value | printf \"%.1f\" }}", "1234.5 1234.5")]
    [InlineData("a {{- 1 -}} b", "a1b")]
    [InlineData("{{/* a comment */}}x{{- /* another */ -}} y", "xy")]
    [InlineData("{{ if gt $value 1000.0 }}high{{ else if gt $value 10.0 }}middle{{ else }}low{{ end }}", "high")]
    [InlineData("{{ if eq $labels.job \"web\" \"api\" }}yes{{ end }}{{ if not $labels.none }} no{{ end }}", "yes no")]
    [InlineData("{{ if and $labels.none (index $labels \"x\") }}a{{ else }}b{{ end }}{{ or $labels.none \"c\" }}", "bc")]
    [InlineData("{{ with $labels.job }}<{{ . }}>{{ end }}{{ with $labels.none }}x{{ else }}-{{ end }}", "<api>-")]
    [InlineData("{{ range $i, $s := query \"up\" }}{{ if $i }}, {{ end }}{{ $s.Labels.instance }}={{ .Value }}{{ end }}", "a=1, b=0")]
    [InlineData("{{ range query \"none\" }}x{{ else }}nothing{{ end }}", "nothing")]
    [InlineData("{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}", "instance=h.example.org:80;job=api;")]
    [InlineData("{{ range query \"up\" }}{{ if eq .Value 0.0 }}{{ break }}{{ end }}{{ .Labels.instance }}{{ end }}", "a")]
    [InlineData("{{ query \"up\" | first | value }} {{ query \"up\" | first | label \"instance\" }}", "1 a")]
    [InlineData("{{ query \"up\" | sortByLabel \"instance\" | len }}", "2")]
    [InlineData("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2")]
    [InlineData("{{ define \"t\" }}[{{ .arg0 }} {{ .arg1 }}]{{ end }}{{ template \"t\" args 1 \"b\" }}", "[1 b]")]
    [InlineData("{{ humanize $value }} {{ humanize1024 2048.0 }} {{ humanize 0.00123 }} {{ humanize 0.0 }}", "1.234k 2ki 1.23m 0")]
    [InlineData("{{ humanizeDuration 93784.0 }} {{ humanizeDuration 0.5 }} {{ humanizeDuration 61 }} {{ humanizeDuration \"12.3456\" }}", "1d 2h 3m 4s 500ms 1m 1s 12.35s")]
    [InlineData("{{ humanizePercentage 0.12345 }} {{ humanizeTimestamp 1435065584.128 }}", "12.35% 2015-06-23 13:19:44.128 +0000 UTC")]
    [InlineData("{{ toUpper \"a\" }}{{ toLower \"B\" }} {{ title \"some words here\" }}", "Ab Some Words Here")]
    [InlineData("{{ reReplaceAll \"(.*)\\\\.example.*\" \"$1!\" $labels.instance }} {{ match \"h[.]\" $labels.instance }}", "h! true")]
    [InlineData("{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }} {{ stripDomain \"10.0.0.1:80\" }}", "h.example.org h:80 10.0.0.1:80")]
    [InlineData("{{ externalURL }} {{ pathPrefix }} {{ graphLink \"up == 0\" }}", "http://here/prefix/ /prefix /graph?g0.expr=up+%3D%3D+0&g0.tab=0")]
    [InlineData("{{ parseDuration \"1h30m\" }} {{ now }} {{ (toTime 60.0) }} {{ toDuration 90.0 }}", "5400 60 1970-01-01 00:01:00 +0000 UTC 1m30s")]
    [InlineData("{{ printf \"%s %q %d %5.2f %-4s| %05d %x %t %v %%\" \"a\" \"b\" 3 1.005 \"c\" 42 255 true 1e6 }}", "a \"b\" 3  1.00 c   | 00042 ff true 1e+06 %")]
    [InlineData("{{ printf \"%d %s\" 1.5 }}", "%!d(float64=1.5) %!s(MISSING)")]
    [InlineData("{{ print 1 2 \"a\" 3 }} {{ println \"x\" }}", "1 2a3 x\n")]
    [InlineData("{{ len $labels }} {{ index (query \"up\") 1 | value }} {{ slice \"abcd\" 1 3 }}", "2 0 bc")]
    [InlineData("{{ html \"<a>\" }} {{ urlquery \"a b\" }}", "&lt;a&gt; a+b")]
    [InlineData("{{ \"a\" | printf \"%s-%s\" \"b\" }} {{ `raw\\n` }} {{ 'x' }} {{ 0x10 }} {{ 1_000 }}", "b-a raw\\n 120 16 1000")]
    public void A_template_expands_as_in_Prometheus(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("{{ query \"broken\" }}", "error calling query: broken query")]
    [InlineData("{{ query \"none\" | first }}", "error calling first: first() called on vector with no elements")]
    [InlineData("{{ gt $value 5 }}", "error calling gt: incompatible types for comparison")]
    [InlineData("{{ .Nope }}", "can't evaluate field Nope in type template.AlertTemplateData")]
    [InlineData("{{ $value.x }}", "can't evaluate field x in type float64")]
    [InlineData("{{ humanize \"x\" }}", "strconv.ParseFloat: parsing \"x\": invalid syntax")]
    [InlineData("{{ template \"t\" }}", "template \"t\" not defined")]
    [InlineData("{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" }}", "exceeded maximum template depth")]
    [InlineData("{{ reReplaceAll \"(\" \"\" \"a\" }}", "missing closing )")]
    [InlineData("{{ range 100000 }}{{ printf \"%100d\" 1 }}{{ end }}", "expands to more than")]
    public void What_fails_while_expanding_stands_in_its_place(string text, string problem)
    {
        string expanded = Expand(text);
        Assert.StartsWith("<error expanding template: error executing template __alert_x: template: __alert_x:1:", expanded, StringComparison.Ordinal);
        Assert.Contains(problem, expanded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ nope }}", "template: t:1: function \"nope\" not defined")]
    [InlineData("a\n{{ $x }}", "template: t:2: undefined variable \"$x\"")]
    [InlineData("{{ if true }}", "template: t:1: unexpected EOF")]
    [InlineData("{{ end }}", "template: t:1: unexpected {{end}}")]
    [InlineData("{{", "template: t:1: unclosed action")]
    [InlineData("{{ \"a }}", "template: t:1: unterminated quoted string")]
    [InlineData("{{ 1 | 2 }}", "template: t:1: non executable command in pipeline stage 2")]
    [InlineData("{{ }}", "template: t:1: missing value for command")]
    [InlineData("{{ break }}", "template: t:1: {{break}} outside {{range}}")]
    [InlineData("{{/* x", "template: t:1: unclosed comment")]
    [InlineData("{{ ! }}", "template: t:1: unrecognized character in action: U+0021 '!'")]
    public void What_is_no_template_is_refused_as_Go_refuses_it(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<TemplateException>(() => AlertTemplate.Parse("t", text)).Message);

    [Fact]
    public void Damaged_templates_are_refused_or_expanded_and_never_crash()
    {
        Gen gen = Gen.Create(516);
        byte[] whole = System.Text.Encoding.UTF8.GetBytes(
            "{{ range $i, $s := query \"up\" }}{{ if and (gt $s.Value 0.5) $i }}{{ printf \"%5.2f\" .Value | toUpper }}{{ else }}x{{ end }}{{- end -}}"
            + "{{ define \"t\" }}{{ .arg0 }}{{ end }}{{ template \"t\" args 1 }}{{ with $labels.job }}{{ . }}{{ end }}");
        for (int round = 0; round < 4000; round++)
        {
            string text = System.Text.Encoding.UTF8.GetString(gen.Mutate(whole, maxEdits: 6));
            try
            {
                Expand(text);
            }
            catch (TemplateException)
            {
                // Refused with a message, which is what a damaged template deserves.
            }
            catch (Exception failure)
            {
                Assert.Fail($"{gen}, round {round}: '{text}' threw {failure}");
            }
        }
    }

    private static string Expand(string text) => AlertTemplate.Parse("__alert_x", text).ExpandOrDescribe(
        new AlertTemplateContext(
            new SortedDictionary<string, string> { ["job"] = "api", ["instance"] = "h.example.org:80" },
            new Dictionary<string, string> { ["region"] = "eu" },
            "http://here/prefix/",
            1234.5),
        new Answers());

    private sealed class Answers : ITemplateQuery
    {
        public long TimeMs => 60_000;

        public string ExternalUrl => "http://here/prefix/";

        public IReadOnlyList<TemplateSample> Query(string expression) => expression switch
        {
            "up" => new List<TemplateSample> { Sample("a", 1), Sample("b", 0) },
            "none" => new List<TemplateSample>(),
            _ => throw new TemplateException("broken query"),
        };

        private static TemplateSample Sample(string instance, double value) =>
            new(new SortedDictionary<string, string> { ["instance"] = instance }, value);
    }
}
