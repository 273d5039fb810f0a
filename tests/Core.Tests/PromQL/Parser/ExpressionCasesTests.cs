using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Parser;

/// <summary>The shared expression cases: acceptance, every error, printed forms and the tree as JSON.</summary>
public class ExpressionCasesTests
{
    private const string Cases = "conformance/promql/parser/expr_cases.json";
    private const string PrettyCases = "conformance/promql/parser/pretty_cases.json";

    // The line length that the shared pretty cases were made with.
    private const int PrettyCaseLineLength = 10;

    // The text of this case holds a format directive that was never filled in; the server's own answer to it stands beside.
    private const string UnfilledDirective = "%f";

    [Fact]
    public void Every_case_is_accepted_or_refused_with_the_same_errors()
    {
        List<string> differences = [];
        foreach (JsonNode item in Read(Cases))
        {
            string input = Text(item);
            ParseResult result = PromQLParser.Parse(Input(item), ParserOptions.Everything);
            string expected = item["errors"] is JsonArray errors ? ShowErrors(errors) : "";
            string got = ShowErrors(result.Errors);
            if (expected.Contains(UnfilledDirective, StringComparison.Ordinal))
            {
                expected = item["v3_5"]!["error"]!.GetValue<string>().Replace("invalid parameter \"query\": ", "", StringComparison.Ordinal);
                got = result.Errors[0].ToString();
            }

            if (expected != got || (result.Expr is not null) != item["ok"]!.GetValue<bool>())
            {
                differences.Add($"{input}\n  expected {expected}\n  got      {got}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Every_case_has_the_expected_root_and_canonical_form()
    {
        List<string> differences = [];
        foreach (JsonNode item in Read(Cases))
        {
            string input = Text(item);
            Expr? expr = PromQLParser.Parse(Input(item), ParserOptions.Everything).Expr;
            if (expr is null)
            {
                continue;
            }

            Compare(differences, input, item["root"]?.GetValue<string>(), expr.GetType().Name);
            Compare(differences, input, item["canonical"]?.GetValue<string>(), expr.ToString());
            Expr? again = PromQLParser.Parse(expr.ToString(), ParserOptions.Everything).Expr;
            Compare(differences, input, expr.ToString(), again?.ToString() ?? "(does not parse again)");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Trees_and_printed_forms_are_those_of_a_real_server()
    {
        List<string> differences = [];
        foreach (JsonNode item in Read(Cases))
        {
            string input = Text(item);
            Expr? expr = PromQLParser.Parse(Input(item), ParserOptions.Everything).Expr;
            if (expr is null || item["v3_5"] is not JsonObject server || IsNewer(server, expr))
            {
                continue;
            }

            Compare(differences, input, server["pretty"]?.GetValue<string>(), ExpressionPrettifier.Prettify(expr));
            if (server["ast"] is { } tree && !JsonNode.DeepEquals(tree, Tree(expr)))
            {
                differences.Add($"{input}\n  expected {tree.ToJsonString()}\n  got      {Tree(expr)!.ToJsonString()}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Every_pretty_case_is_laid_out_the_same()
    {
        List<string> differences = [];
        foreach (JsonNode item in Read(PrettyCases))
        {
            string input = Text(item);
            Expr? expr = PromQLParser.Parse(Input(item), ParserOptions.Everything).Expr;
            Assert.NotNull(expr);
            string pretty = ExpressionPrettifier.Prettify(expr, PrettyCaseLineLength);
            Compare(differences, input, item["pretty"]!.GetValue<string>(), pretty);
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    // The older server prints parentheses around durations and an empty ignoring() in another way.
    private static bool IsNewer(JsonObject server, Expr expr) =>
        server["canonical"] is { } canonical && canonical.GetValue<string>() != expr.ToString();

    private static void Compare(List<string> differences, string input, string? expected, string got)
    {
        if (expected is not null && expected != got)
        {
            differences.Add($"{input}\n  expected {expected}\n  got      {got}");
        }
    }

    private static JsonNode? Tree(Expr expr)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            ParseTreeWriter.Write(json, expr);
        }

        return JsonNode.Parse(buffer.WrittenSpan);
    }

    private static IEnumerable<JsonNode> Read(string path)
    {
        foreach (JsonNode? item in JsonNode.Parse(File.ReadAllText(Oracle.Locate(path)))!.AsArray())
        {
            Assert.NotNull(item);
            yield return item;
        }
    }

    private static byte[] Input(JsonNode item) => item["input"] is JsonObject encoded
        ? Convert.FromBase64String(encoded["b64"]!.GetValue<string>())
        : Encoding.UTF8.GetBytes(item["input"]!.GetValue<string>());

    private static string Text(JsonNode item) => Encoding.UTF8.GetString(Input(item));

    private static string ShowErrors(JsonArray errors)
    {
        StringBuilder text = new();
        foreach (JsonNode? error in errors)
        {
            text.Append($"[{error!["start"]}-{error["end"]} {error["message"]!.GetValue<string>()}]");
        }

        return text.ToString();
    }

    private static string ShowErrors(IReadOnlyList<ParseError> errors)
    {
        StringBuilder text = new();
        foreach (ParseError error in errors)
        {
            text.Append($"[{error.Position.Start}-{error.Position.End} {error.Message}]");
        }

        return text.ToString();
    }
}
