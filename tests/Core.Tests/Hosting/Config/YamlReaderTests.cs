using System.Linq;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class YamlReaderTests
{
    private readonly ConfigErrors _errors = new();

    [Theory]
    [InlineData("a:\n- b: c\n   d: e\n")]
    [InlineData("a:\n- b: c\n\td: e\n")]
    public void What_stands_in_the_wrong_column_is_told_with_what_is_right(string text)
    {
        ConfigErrors errors = new();

        Assert.Null(YamlReader.Read("f.yml", text, errors));
        Assert.Equal("keys of one mapping begin in the same column, after spaces and no tabs", Assert.Single(errors.Problems).Allowed);
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        ConfigErrors errors = new();

        Assert.Null(YamlReader.ReadFile(Path.GetTempPath(), errors));
        Assert.Equal("is a folder", Assert.Single(errors.Problems).Problem);
    }

    [Fact]
    public void Keys_and_values_carry_their_places()
    {
        YamlMapping root = Mapping("a: 1\nb:\n  - x\n  - 'y'\n");

        Assert.Equal(["a", "b"], [root.Entries[0].Key, root.Entries[1].Key]);
        Assert.Equal(new YamlPosition(1, 4), root.Entries[0].Value.Position);
        YamlSequence list = Assert.IsType<YamlSequence>(root.Entries[1].Value);
        Assert.Equal(new YamlPosition(4, 5), list.Items[1].Position);
        Assert.False(Assert.IsType<YamlScalar>(list.Items[1]).IsPlain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("~")]
    public void An_empty_document_is_null(string text) => Assert.True(Read(text)!.IsNull);

    [Fact]
    public void An_alias_is_the_node_that_its_anchor_names()
    {
        YamlMapping root = Mapping("a: &x {k: v}\nb: *x\n");

        Assert.Same(root.Entries[0].Value, root.Entries[1].Value);
    }

    [Fact]
    public void Merged_keys_stand_behind_own_ones()
    {
        YamlMapping root = Mapping("base: &b {k: 1, l: 2}\nother: &o {l: 3, m: 4}\nuse:\n  l: own\n  <<: [*b, *o]\n");

        YamlMapping use = Assert.IsType<YamlMapping>(root.Entries[2].Value);
        Assert.Equal(
            "l=own k=1 m=4",
            string.Join(' ', use.Entries.Select(entry => $"{entry.Key}={((YamlScalar)entry.Value).Value}")));
    }

    [Theory]
    [InlineData("a: *nowhere\n", "f.yml:1:4 alias *nowhere names no anchor before it")]
    [InlineData("a: 1\n<<: text\n", "f.yml:2:5 << merges mappings, not a text")]
    [InlineData("? [a]\n: 1\n", "f.yml:1:3 a key must be a text, not a list")]
    [InlineData("a: !custom x\n", "f.yml:1:4 tag !custom is not known or does not fit its value")]
    [InlineData("a: 1\n---\nb: 2\n", "f.yml:2:1 a second document is not read: put everything into one")]
    public void What_cannot_be_used_is_refused_with_its_place(string text, string problem)
    {
        Read(text);

        Assert.Equal(problem, _errors.ToString());
    }

    [Fact]
    public void Broken_yaml_is_reported_with_its_line()
    {
        Assert.Null(Read("a: 1\nb: [1, 2\n"));
        Assert.Matches("^f.yml:[0-9]+:[0-9]+ is not valid YAML: ", _errors.ToString());
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_reported_with_their_place()
    {
        Assert.Null(YamlReader.Read("f.yml", [.. "a: b\nc: "u8, 0xFF], _errors));
        Assert.Equal("f.yml:2:4 file is not valid UTF-8", _errors.ToString());
    }

    [Fact]
    public void Aliases_that_expand_without_end_are_refused()
    {
        StringBuilder bomb = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 12; level++)
        {
            string items = string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10));
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{level}: &a{level} [{items}]\n");
        }

        Assert.Null(Read(bomb.ToString()));
        Assert.Contains("aliases expand to more than 4000000 values", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Null(Read(new string('[', 10_000)));
        Assert.Contains("nested more than 64 levels deep", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_value_that_is_no_text_stays_recognisable()
    {
        YamlMapping root = Mapping("a: !!binary \"/w==\"\nb: !!binary aGk=\n");

        Assert.Equal("\uDCFF", ((YamlScalar)root.Entries[0].Value).Value);
        Assert.Equal("hi", ((YamlScalar)root.Entries[1].Value).Value);
    }

    [Fact]
    public void A_missing_file_is_a_problem_of_that_file()
    {
        Assert.Null(YamlReader.ReadFile("does-not-exist.yml", _errors));
        Assert.StartsWith("does-not-exist.yml:1:1 cannot be read: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_files_give_a_tree_or_a_problem_and_nothing_else()
    {
        Gen gen = Gen.Create(20_260_101);
        byte[] original = Encoding.UTF8.GetBytes(
            "global: {scrape_interval: 15s}\nscrape_configs:\n- &a\n  job_name: 'x'\n  static_configs:\n" +
            "  - targets: [\"a:1\", b]\n    labels:\n      <<: &l {k: |\n        text\n        }\n- <<: *a\n  job_name: !!str y\n");
        for (int run = 0; run < 3000; run++)
        {
            byte[] mutated = run < original.Length ? original[..run] : gen.Mutate(original);
            ConfigErrors errors = new();
            YamlNode? root = YamlReader.Read("f.yml", mutated, errors);
            Assert.True(root is not null || errors.Count > 0, $"run {run}, {gen}: {Encoding.UTF8.GetString(mutated)}");
        }
    }

    private YamlNode? Read(string text) => YamlReader.Read("f.yml", text, _errors);

    private YamlMapping Mapping(string text)
    {
        YamlMapping mapping = Assert.IsType<YamlMapping>(Read(text));
        Assert.Equal("", _errors.ToString());
        return mapping;
    }
}
