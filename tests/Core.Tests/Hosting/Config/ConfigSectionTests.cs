using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class ConfigSectionTests
{
    private readonly ConfigErrors _errors = new();

    [Fact]
    public void Values_are_read_as_prometheus_reads_them()
    {
        ConfigSection section = Open(
            "text: 5\nyes: on\nno: 'off'\nnumber: 0x1F\nfloat: 1e3\nduration: 1m30s\nsize: 15MB\nlist: [a, 1]\nmap: {x: 1, y: }\n");

        Assert.Equal("5", section.Text("text"));
        Assert.True(section.Bool("yes", false));
        Assert.Equal("off", section.Text("no"));
        Assert.Equal(31, section.Number("number", 0));
        Assert.Equal(1000, section.Number("float", 0));
        Assert.Equal(TimeSpan.FromSeconds(90), section.Duration("duration", default));
        Assert.Equal(15L << 20, section.Size("size", default).Bytes);
        Assert.Equal(["a", "1"], section.Texts("list"));
        Assert.Equal([new("x", "1"), new("y", "")], section.TextMap("map"));
        section.End();
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public void Absent_values_are_the_default_and_null_values_are_empty()
    {
        ConfigSection section = Open("a:\nb: ~\n");

        Assert.Equal("", section.Text("a", "x"));
        Assert.Equal("x", section.Text("c", "x"));
        Assert.Equal(0, section.Int("b", 7));
        Assert.Equal(7, section.Int("c", 7));
        Assert.False(section.Bool("b", true));
        Assert.True(section.Bool("c", true));
        Assert.Equal(TimeSpan.FromSeconds(1), section.Duration("b", TimeSpan.FromSeconds(1)));
        Assert.Null(section.Section("b", "t"));
        Assert.Empty(section.Sections("a", "t", "empty"));
    }

    [Fact]
    public void Every_problem_of_a_file_is_reported_with_place_path_value_and_what_is_allowed()
    {
        ConfigSection section = Open(
            "flag: maybe\nnumber: 9\nduration: 5 minutes\nsize: 100\nlist: text\nitems:\n- k: [1]\n-\n- 3\nunknwon: 1\nflag: true\n");
        section.Bool("flag", true);
        section.Int("number", 1, 1, 5);
        section.Duration("duration", default);
        section.Size("size", default);
        section.Texts("list");
        section.Skip("unknown");
        foreach (ConfigSection item in section.Sections("items", "config.Item", "empty or null item"))
        {
            item.Text("k");
            item.End();
        }

        section.End();

        Assert.Equal(
            """
            f.yml:1:7 flag: is not a truth value (got 'maybe', allowed: true or false)
            f.yml:2:9 number: is not a whole number that fits here (got '9', allowed: a whole number from 1 to 5)
            f.yml:3:11 duration: not a valid duration string: "5 minutes" (got '5 minutes', allowed: a duration such as 15s, 1m30s, 2h or 0; units y, w, d, h, m, s, ms from large to small)
            f.yml:4:7 size: units: unknown unit  in 100 (got '100', allowed: a size such as 512MB, 1GiB, 0; units B, KB, MB, GB, TB, PB, EB, all powers of 1024)
            f.yml:5:7 list: must be a list (got 'a text')
            f.yml:7:6 items[0].k: must be a single value (got 'a list')
            f.yml:8:2 items[1]: empty or null item
            f.yml:9:3 items[2]: must be a mapping (got 'a text')
            f.yml:10:1 unknwon: field unknwon not found in type config.plain (did you mean unknown?)
            f.yml:11:1 flag: field flag already set in type config.plain
            """,
            _errors.ToString());
    }

    private ConfigSection Open(string text)
    {
        YamlNode root = YamlReader.Read("f.yml", text, _errors)!;
        return ConfigSection.OpenRoot("f.yml", root, "config.plain", _errors)!;
    }
}
