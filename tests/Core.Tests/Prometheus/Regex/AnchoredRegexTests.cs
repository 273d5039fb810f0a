using System.Diagnostics;
using System.Linq;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Regex;

public sealed class AnchoredRegexTests
{
    [Theory]
    [InlineData("a(b", "missing closing ): `^(?s:a(b)$`")]
    [InlineData("a)", "unexpected ): `^(?s:a))$`")]
    [InlineData("[a", "missing closing ]: `[a)$`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{2000}", "invalid repeat count: `{2000}`")]
    [InlineData("a{3,2}", "invalid repeat count: `{3,2}`")]
    [InlineData("[z-a]", "invalid character class range: `z-a`")]
    [InlineData("\\y", "invalid escape sequence: `\\y`")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?<n>a)(?P<n>b)", "duplicate capture group name: `n`")]
    [InlineData("(a{100}){11}", "invalid repeat count: `{11}`")]
    [InlineData("((a{2}|b){1000})+", "invalid repeat count: `{1000}`")]
    [InlineData(@"\p{Klingon}", @"invalid character class range: `\p{Klingon}`")]
    [InlineData(@"[\p{greek}]", @"invalid character class range: `\p{greek}`")]
    [InlineData(@"\pX", @"invalid character class range: `\pX`")]
    public void What_RE2_refuses_is_refused_in_its_words(string pattern, string expected)
    {
        Assert.False(AnchoredRegex.TryCreate(pattern, out _, out string? error));
        Assert.Equal("error parsing regexp: " + expected, error);
    }

    [Theory]
    [InlineData(@"\d+", "42", true)]
    [InlineData(@"\d+", "٤٢", false)]
    [InlineData(@"\w+", "é", false)]
    [InlineData(@"\W", "é", true)]
    [InlineData(@"[[:alpha:]]+", "abc", true)]
    [InlineData(@"[[:^alpha:]]+", "123", true)]
    [InlineData(@"a.b", "a\nb", true)]
    [InlineData(@"(?-s)a.b", "a\nb", false)]
    [InlineData(@"a.b", "a😀b", true)]
    [InlineData(@"a..b", "a😀b", false)]
    [InlineData(@"[😀-😎]", "😃", true)]
    [InlineData(@"[^a]", "😃", true)]
    [InlineData(@"(?i)straSSe", "STRASSE", true)]
    [InlineData(@"(?i:k)elvin", "Kelvin", true)]
    [InlineData(@"(?i)[k]", "K", true)]
    [InlineData(@"a{,2}", "a{,2}", true)]
    [InlineData(@"\Qa.b\E+", "a.bb", true)]
    [InlineData(@"\Qa.b\E", "axb", false)]
    [InlineData(@"\x{1F600}", "😀", true)]
    [InlineData(@"\x41\101\n", "AA\n", true)]
    [InlineData(@"\p{Lu}\pL\P{L}", "Äb1", true)]
    [InlineData(@"a$|b", "a", true)]
    [InlineData(@"a$", "a\n", false)]
    [InlineData(@"^$", "", true)]
    [InlineData(@"(?P<n>a)|b", "b", true)]
    [InlineData(@"(a|b)*c{2,3}?", "abacc", true)]
    [InlineData(@"(?U)a+", "aaa", true)]
    [InlineData(@"x|", "", true)]
    [InlineData(@"\x{D800}?a", "a", true)]
    [InlineData(@"\x{D800}", "\uFFFD", false)]
    [InlineData(@"[\x{D800}-\x{DFFF}b]", "b", true)]
    [InlineData(@"(?i)\x{DC00}|b", "B", true)]
    [InlineData(@"(a{100}){10}", "a", false)]
    [InlineData(@"(a{100})*(b{100}|)", "", true)]
    [InlineData(@"(?i)µ", "\u03BC", true)]
    [InlineData(@"(?i)\x{3C3}", "ς", true)]
    [InlineData(@"(?i)\x{1C6}", "ǅ", true)]
    [InlineData(@"(?i)ß", "ẞ", true)]
    [InlineData(@"(?i)ı", "i", false)]
    [InlineData(@"(?i)[\x{3B8}]", "ϑ", true)]
    [InlineData(@"\P{Lu}", "😀", true)]
    [InlineData(@"[\P{L}]", "😀", true)]
    [InlineData(@"\P{Lu}\P{Lu}", "😀", false)]
    [InlineData(@"[\p{L}😀]+", "a😀", true)]
    [InlineData(@"[^\p{L}😀]", "😀", false)]
    [InlineData(@"[^\P{L}]", "😀", false)]
    [InlineData(@"\PC", "\u0378", true)]
    [InlineData(@"\p{^L}", "1", true)]
    [InlineData(@"\pC", "\u0378", false)]
    [InlineData(@"\bé\b", "é", false)]
    [InlineData(@"é\B", "é", true)]
    [InlineData(@".*a\bé.*", "xaéx", true)]
    [InlineData(@".*a\Bé.*", "xaéx", false)]
    [InlineData(@"\bfoo\b.*", "foo😀", true)]
    [InlineData(@"\bfoo\b.*", "foo_", false)]
    [InlineData(@".\b.", "é1", true)]
    [InlineData(@"..\b", "😀a", true)]
    [InlineData(@"...\b", "😀a", false)]
    [InlineData(@"[é-ü]\B[^a]", "ñ😀", true)]
    [InlineData(@"(?i)\BÄ\x{1F600}\B", "ä😀", true)]
    [InlineData(@"\b\p{Greek}*\b", "αβγ", false)]
    [InlineData(@"\p{Greek}+", "αβγΩ", true)]
    [InlineData(@"\p{Greek}", "b", false)]
    [InlineData(@"\P{Greek}", "b", true)]
    [InlineData(@"\p{^Greek}\p{Latin}", "бb", true)]
    [InlineData(@"[\p{Cyrillic}\d]+", "ж7", true)]
    [InlineData(@"[^\p{Han}]", "漢", false)]
    [InlineData(@"\p{Han}", "\U00020000", true)]
    [InlineData(@"\p{Old_Italic}", "𐌀", true)]
    [InlineData(@"\p{Common}", " ", true)]
    [InlineData(@"\p{Inherited}", "\u0301", true)]
    [InlineData(@"\p{Kawi}", "\U00011F00", true)]
    [InlineData(@"\p{L}", "𐌀", true)]
    [InlineData(@"\p{So}", "😀", true)]
    [InlineData(@"\P{L}", "𐌀", false)]
    [InlineData(@"(?i)\p{Lu}", "a", true)]
    [InlineData(@"(?i)[^\p{Lu}]", "a", false)]
    [InlineData(@"\p{Any}", "😀", true)]
    [InlineData(@"\P{Any}", "😀", false)]
    public void An_expression_means_what_it_means_in_RE2(string pattern, string value, bool expected) =>
        Assert.Equal(expected, AnchoredRegex.Create(pattern).IsMatch(value));

    [Theory]
    [InlineData(".*", "", true)]
    [InlineData(".+", "", false)]
    [InlineData("a.*b", "ab", true)]
    [InlineData("a.+b", "ab", false)]
    [InlineData("a.+b", "axb", true)]
    [InlineData(".*b.*", "abc", true)]
    [InlineData(".*ab.*ab", "abab", true)]
    [InlineData(".*ab.*ab", "xab", false)]
    [InlineData("ab.*ba", "aba", false)]
    [InlineData(".+.+", "a", false)]
    [InlineData(".+.+", "ab", true)]
    [InlineData(".+.+", "é", false)]
    [InlineData("a.+.+b", "a😀b", false)]
    [InlineData("a.+.*b", "a😀b", true)]
    [InlineData("(a|b).*(c|d)?", "bx", true)]
    public void Shortcuts_give_the_answer_of_the_engine(string pattern, string value, bool expected) =>
        Assert.Equal(expected, AnchoredRegex.Create(pattern).IsMatch(value));

    [Theory]
    [InlineData(@"(.)\b(.*)", "$2-$1", "éa", "a-é")]
    [InlineData(@"(?P<first>.+?)\b.*", "$first", "😀a", "😀")]
    public void Groups_between_word_boundaries_hold_what_the_text_holds(
        string pattern, string template, string value, string expected)
    {
        Assert.True(AnchoredRegex.Create(pattern).TryExpand(value, new RegexTemplate(template), out string? expanded));
        Assert.Equal(expected, expanded);
    }

    [Fact]
    public void Word_boundaries_and_the_lack_of_them_agree_with_a_look_at_the_neighbours()
    {
        Gen gen = Gen.Create(13);
        AnchoredRegex boundary = AnchoredRegex.Create(@"(?:.|\n){3}\b(?:.|\n)*");
        AnchoredRegex none = AnchoredRegex.Create(@"(?:.|\n){3}\B(?:.|\n)*");
        for (int round = 0; round < 500; round++)
        {
            string value = gen.Text("ab_1é-😀Ωٱ \n", 3) + "xyz" + gen.Text("ab_1é-Ω ", 4);
            Rune[] runes = [.. value.EnumerateRunes()];
            bool before = IsWord(runes[2]);
            bool after = runes.Length > 3 && IsWord(runes[3]);
            Assert.True(boundary.IsMatch(value) == (before != after), $"'{value}', {gen}");
            Assert.True(none.IsMatch(value) == (before == after), $"'{value}', {gen}");
        }

        static bool IsWord(Rune rune) => rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value == '_');
    }

    [Theory]
    [InlineData("(.+?)(.*)", "$1", "😀")]
    [InlineData("(.*?)(.+?)(.*)", "$2", "😀")]
    [InlineData("(.+)(.+)", "$1", "😀")]
    [InlineData("(.*)(.)", "$1$2", "😀😎")]
    public void A_group_never_holds_half_a_character(string pattern, string template, string expected)
    {
        Assert.True(AnchoredRegex.Create(pattern).TryExpand("😀😎", new RegexTemplate(template), out string? expanded));
        Assert.Equal(expected, expanded);
    }

    [Fact]
    public void Shortcuts_and_engine_agree_on_random_expressions()
    {
        Gen gen = Gen.Create(11);
        string[] atoms = ["a", "b", ".*", ".+", "(a|b)", "ab", "a?", "[ab]", "(?i:a)", "(b.*|a)", ".", "c|a", "é"];
        for (int round = 0; round < 300; round++)
        {
            StringBuilder pattern = new();
            for (int parts = gen.Int(6); parts >= 0; parts--)
            {
                pattern.Append(gen.Pick<string>(atoms));
            }

            AnchoredRegex regex = AnchoredRegex.Create(pattern.ToString());
            for (int tries = 0; tries < 20; tries++)
            {
                string value = gen.Text("abcAé", 6);
                Assert.True(
                    regex.Engine.IsMatch(value) == regex.IsMatch(value), $"{pattern} on '{value}', {gen}");
            }
        }
    }

    [Fact]
    public void Random_patterns_are_taken_or_refused_but_never_crash()
    {
        Gen gen = Gen.Create(12);
        for (int round = 0; round < 4_000; round++)
        {
            string pattern = gen.Text(@"ab()[]{}|*+?.^$\dwpL:<>-1,i", 12);
            if (!AnchoredRegex.TryCreate(pattern, out _, out string? error))
            {
                Assert.StartsWith("error parsing regexp: ", error);
            }
        }
    }

    [Fact]
    public void An_expression_that_explodes_elsewhere_is_linear_here()
    {
        AnchoredRegex regex = AnchoredRegex.Create("(x+x+)+y");
        long started = Stopwatch.GetTimestamp();

        Assert.False(regex.IsMatch(new string('x', 5_000)));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "exponential matching");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[[:a]")]
    public void A_long_expression_of_beginnings_without_an_end_is_read_at_once(string beginning)
    {
        string pattern = string.Concat(Enumerable.Repeat(beginning, 1_000_000));
        long started = Stopwatch.GetTimestamp();

        RegexNode tree = Re2Parser.Parse(pattern);

        Assert.IsType<RegexNode.Concat>(tree);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
    }

    [Fact]
    public void An_expression_that_would_take_all_memory_is_refused()
    {
        string pattern = string.Concat(Enumerable.Repeat("(?:[a-z]{1000})", 4_000));

        Assert.False(AnchoredRegex.TryCreate(pattern, out _, out string? error));
        Assert.StartsWith("error parsing regexp: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_instead_of_overflowing_the_stack()
    {
        Assert.False(AnchoredRegex.TryCreate(new string('(', 100_000), out _, out string? error));
        Assert.Contains("nests too deeply", error, StringComparison.Ordinal);
    }
}
