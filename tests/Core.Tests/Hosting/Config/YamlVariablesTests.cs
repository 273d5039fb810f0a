using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class YamlVariablesTests
{
    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["HOST"] = "db-1", ["PORT"] = "9100", ["EMPTY"] = "", ["TRICKY"] = "a: [b]\n- c", ["DOLLAR"] = "${HOST}",
    };

    [Theory]
    [InlineData("${HOST}", "db-1")]
    [InlineData("${HOST}:${PORT}", "db-1:9100")]
    [InlineData("a${EMPTY}b", "ab")]
    [InlineData("$${HOST}", "${HOST}")]
    [InlineData("$$$${HOST}", "$${HOST}")]
    [InlineData("$$${HOST}", "$db-1")]
    [InlineData("$HOST", "$HOST")]
    [InlineData("$1 ${1} $", "$1 ${1} $")]
    [InlineData("${HOST", "${HOST")]
    [InlineData("${HOST-x} ${}", "${HOST-x} ${}")]
    [InlineData("${TRICKY}", "a: [b]\n- c")]
    [InlineData("${DOLLAR}", "${HOST}")]
    public void A_name_in_braces_is_replaced_once_and_nothing_else_is(string text, string expected)
    {
        ConfigErrors errors = new();

        Assert.Equal(expected, Expand($"key: '{text}'", errors).Text("key"));
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void An_unquoted_value_is_read_again_and_a_quoted_one_stays_text()
    {
        ConfigErrors errors = new();
        ConfigSection section = Expand("plain: ${PORT}\nquoted: '${PORT}'\nlist: [a, '${HOST}']\n", errors);

        Assert.Equal(9100, section.Number("plain", 0));
        Assert.Equal(["a", "db-1"], section.Texts("list"));
        Assert.Equal("", errors.ToString());
        Assert.Equal(0, section.Number("quoted", 0));
        Assert.Contains("is not a whole number", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_named_with_its_place()
    {
        ConfigErrors errors = new();

        Expand("a: 1\nlist:\n  - x: '${HOST} ${GONE}'\n", errors);

        Assert.Equal(
            "f.yml:3:8 list[0].x: environment variable GONE is not set (got '${GONE}', allowed: a set variable, or $$ for a dollar sign)",
            errors.ToString());
    }

    [Fact]
    public void Places_are_those_of_the_file_and_what_is_left_alone_stays()
    {
        ConfigErrors errors = new();
        ConfigSection section = Expand("a: ${HOST}\nb: {c: '${GONE}'}\nd: x\n", errors, path => path == "b");

        section.Fail("d", "wrong");

        Assert.Equal("f.yml:3:4 d: wrong", errors.ToString());
        Assert.Equal([new("c", "${GONE}")], section.TextMap("b"));
    }

    [Fact]
    public void Random_texts_never_grow_structure()
    {
        Gen gen = Gen.Create(401);
        for (int run = 0; run < 2000; run++)
        {
            string text = gen.Text("${}HOSTPR_1 a", 20);
            ConfigErrors errors = new();
            Expand($"key: \"{text}\"", errors).Text("key");
            Assert.All(errors.Problems, problem => Assert.EndsWith("is not set", problem.Problem, StringComparison.Ordinal));
        }
    }

    private static ConfigSection Expand(string yaml, ConfigErrors errors, Func<string, bool>? isLeftAlone = null)
    {
        YamlNode document = YamlReader.Read("f.yml", yaml, errors)!;
        YamlVariables variables = new(
            "f.yml", name => s_environment.GetValueOrDefault(name), isLeftAlone ?? (static _ => false), errors);
        return ConfigSection.OpenRoot("f.yml", variables.Expand(document), "test", errors)!;
    }
}
