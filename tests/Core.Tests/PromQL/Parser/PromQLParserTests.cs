using System.Linq;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Parser;

public class PromQLParserTests
{
    private const int Deep = 100_000;

    [Fact]
    public void A_printed_expression_parses_to_the_same_printed_expression()
    {
        Gen gen = Gen.Create(31);
        ExpressionGen expressions = new(gen);
        for (int round = 0; round < 1500; round++)
        {
            string text = expressions.Vector(4);
            ParseResult first = PromQLParser.Parse(text, ParserOptions.Everything);
            Assert.True(first.Expr is not null, $"{gen}: {text}: {(first.Errors.Count > 0 ? first.Errors[0] : null)}");
            string printed = first.Expr.ToString();
            string pretty = ExpressionPrettifier.Prettify(first.Expr, 20);
            foreach (string form in (string[])[printed, pretty])
            {
                ParseResult again = PromQLParser.Parse(form, ParserOptions.Everything);
                Assert.True(
                    again.Expr?.ToString() == printed,
                    $"{gen}: {text}\nprints  {printed}\nand     {form}\ngives   {again.Expr} {string.Join(", ", again.Errors)}");
            }
        }
    }

    [Fact]
    public void Damaged_expressions_never_throw_and_tell_where_they_are_wrong()
    {
        Gen gen = Gen.Create(32);
        ExpressionGen expressions = new(gen);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = gen.Mutate(Encoding.UTF8.GetBytes(expressions.Vector(3)), maxEdits: 6);
            try
            {
                ParseResult result = PromQLParser.Parse(damaged, ParserOptions.Everything);
                Assert.True(result.Expr is null == result.Errors.Count > 0);
                foreach (ParseError error in result.Errors)
                {
                    Assert.InRange(error.Position.Start, 0, damaged.Length);
                    Assert.InRange(error.Position.End, 0, damaged.Length);
                    Assert.NotEmpty(error.Message);
                }
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{gen}, round {round}: '{Encoding.UTF8.GetString(damaged)}' threw {exception}");
            }
        }
    }

    [Fact]
    public void An_expression_cut_at_any_byte_is_refused_or_shorter()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            "sum by(a, \"ü\") (rate({'é', b=~\"\\u00e9.*\"}[5m:step()] @ end() offset -(1h))) / on(x) group_left(y) foo");
        for (int length = 0; length <= whole.Length; length++)
        {
            ParseResult result = PromQLParser.Parse(whole[..length], ParserOptions.Everything);
            Assert.True(result.Expr is null == result.Errors.Count > 0);
        }
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-", "")]
    [InlineData("+(", ")")]
    [InlineData("sum(", ")")]
    [InlineData("abs(", ")")]
    [InlineData("2^", "")]
    [InlineData("a+", "")]
    [InlineData("a or ", "")]
    [InlineData("foo[", "(")]
    [InlineData("foo[-", "")]
    [InlineData("foo[max_of(", "")]
    [InlineData("foo[2^", "")]
    public void A_hundred_thousand_levels_are_refused_with_a_clear_error(string open, string close)
    {
        string query = Repeat(open) + "b" + Repeat(close);
        ParseResult result = PromQLParser.Parse(query, ParserOptions.Everything);
        Assert.Null(result.Expr);
        Assert.NotEmpty(result.Errors);
        if (close != "(" && !open.StartsWith("foo", StringComparison.Ordinal))
        {
            Assert.Equal(
                "the expression nests more than 500 levels deep; split it, for example with recording rules",
                result.Errors[^1].Message);
        }
    }

    [Fact]
    public void Every_error_of_a_long_chain_is_found_however_high_its_tree()
    {
        const int Terms = 10_000;
        const int Subqueries = 1_000;
        StringBuilder query = new("(");
        query.Insert(1, "-{}-1", Terms).Append(')');
        query.Append(string.Concat(Enumerable.Repeat("[1m:]", Subqueries)));
        IReadOnlyList<ParseError> errors = PromQLParser.Parse(query.ToString(), ParserOptions.Default).Errors;

        Assert.Equal(Terms + Subqueries - 1, errors.Count);
        Assert.Equal(new PositionRange(2, 4), errors[0].Position);
        Assert.Equal(new PositionRange(2 + (5 * (Terms - 1)), 4 + (5 * (Terms - 1))), errors[Terms - 1].Position);
        Assert.Equal("subquery is only allowed on instant vector, got matrix instead", errors[^1].Message);
        Assert.Equal(new PositionRange(0, query.Length), errors[^1].Position);
    }

    [Fact]
    public void A_calculation_of_durations_may_not_nest_too_deep_either()
    {
        ParseResult result = PromQLParser.Parse("foo[" + Repeat("(") + "1m" + Repeat(")") + "]", ParserOptions.Everything);
        Assert.StartsWith("the expression nests", result.Errors[0].Message, StringComparison.Ordinal);
        result = PromQLParser.Parse("foo[" + Repeat("1m+") + "1m]", ParserOptions.Everything);
        Assert.StartsWith("the expression nests", result.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_expression_allowed_can_be_walked_on_a_small_stack()
    {
        int depth = ParserOptions.Default.MaxDepth - 2;
        string query = new string('(', depth) + "a" + new string(')', depth);
        string? pretty = null;
        Thread small = new(
            () => pretty = ExpressionPrettifier.Prettify(PromQLParser.Parse(query, ParserOptions.Default).Expr!, 10),
            maxStackSize: 512 * 1024);
        small.Start();
        small.Join();
        Assert.NotNull(pretty);
    }

    [Theory]
    [InlineData("limitk(2, a)", "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("a + mad_over_time(a[5m])", "1:5: parse error: function \"mad_over_time\" is not enabled")]
    [InlineData("a[5m] anchored", "1:1: parse error: anchored modifier is experimental and not enabled")]
    [InlineData("a smoothed", "1:1: parse error: smoothed modifier is experimental and not enabled")]
    [InlineData("a + fill(0) b", "1:1: parse error: binop fill modifiers are experimental and not enabled")]
    [InlineData("a[2*1m]", "1:3: parse error: experimental duration expression is not enabled")]
    [InlineData("a offset (1m)", "1:11: parse error: experimental duration expression is not enabled")]
    public void Experimental_parts_are_refused_unless_enabled(string query, string expected)
    {
        Assert.Equal(expected, PromQLParser.Parse(query, ParserOptions.Default).Errors[0].ToString());
        Assert.NotNull(PromQLParser.Parse(query, ParserOptions.Everything).Expr);
    }

    [Theory]
    [InlineData("0x1F", 31)]
    [InlineData("0755", 493)]
    [InlineData("1_000_000", 1e6)]
    [InlineData(".5", 0.5)]
    [InlineData("1e3", 1000)]
    [InlineData("08", 8)]
    [InlineData("9223372036854775808", 9223372036854775808.0)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("1h30m", 5400)]
    [InlineData("1500ms", 1.5)]
    public void A_number_is_read_in_every_form(string text, double expected) =>
        Assert.Equal(expected, Assert.IsType<NumberLiteral>(PromQLParser.Parse(text, ParserOptions.Default).Expr).Value);

    [Theory]
    [InlineData("a\n+\n  b c", 3, 5)]
    [InlineData("é(", 1, 1)]
    public void Errors_name_line_and_column(string query, int line, int column)
    {
        ParseError error = PromQLParser.Parse(query, ParserOptions.Default).Errors[0];
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void A_metric_selector_takes_a_selector_and_nothing_else()
    {
        IReadOnlyList<Matcher>? matchers = PromQLParser.ParseMetricSelector("up{job=~\"a.*\"}", out string? error);
        Assert.Null(error);
        Assert.Equal(["job=~\"a.*\"", "__name__=\"up\""], Array.ConvertAll([.. matchers!], static matcher => matcher.ToString()));
        Assert.NotNull(PromQLParser.ParseMetricSelector("{x=~\".*\"}", out _));

        Assert.Null(PromQLParser.ParseMetricSelector("up + up", out error));
        Assert.Equal("1:4: parse error: unexpected <op:+>", error);
        Assert.Null(PromQLParser.ParseMetricSelector("", out error));
        Assert.Equal("unknown position: parse error: unexpected end of input", error);
        Assert.Null(PromQLParser.ParseMetricSelectors(["up", "up{"], out error));
        Assert.Equal("1:4: parse error: unexpected end of input inside braces", error);
    }

    private static string Repeat(string text) => new StringBuilder(text.Length * Deep).Insert(0, text, Deep).ToString();
}
