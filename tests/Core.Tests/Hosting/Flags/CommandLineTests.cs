using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Flags;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandLine _flags = new("ampedge-test", "Tests flags.", typeof(CommandLineTests).Assembly);
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly Flag<string> _file;
    private readonly Flag<bool> _lifecycle;
    private readonly Flag<IReadOnlyList<string>> _headers;
    private readonly Flag<TimeSpan> _retention;
    private readonly Flag<ByteSize> _size;
    private readonly Flag<long> _count;
    private readonly Flag<string> _format;
    private readonly Flag<IReadOnlyList<string>> _features;

    public CommandLineTests()
    {
        FlagGroup config = _flags.Group("Configuration");
        _file = config.Text("config.file", "prometheus.yml", "The configuration file.", "FILE");
        _retention = config.Duration("storage.retention", TimeSpan.FromHours(2), "How long samples are kept.");
        _size = config.Size("storage.size", new ByteSize(1 << 30), "How much is kept.");
        _count = config.Number("web.max-connections", 512, 1, 65535, "How many connections may be open.");
        FlagGroup web = _flags.Group("Web");
        _lifecycle = web.Switch("web.enable-lifecycle", "Allow reload over HTTP.");
        _headers = web.Texts("custom-headers", "Adds a header to each request.", "NAME=VALUE", "-H");
        _features = web.Words("enable-feature", ["one", "two", "three"], "Features.");
        _format = web.Choice("log.format", "logfmt", ["logfmt", "json"], "The form of log lines.");
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("--config.file=x:y=z")]
    [InlineData("--config.file", "x:y=z")]
    public void A_value_follows_an_equals_sign_or_a_space(params string[] args)
    {
        Assert.Equal((true, ExitCode.Success), Parse(args));
        Assert.Equal("x:y=z", _file.Value);
        Assert.True(_file.IsSet);
    }

    [Fact]
    public void Without_arguments_everything_is_default()
    {
        Assert.Equal((true, ExitCode.Success), Parse());

        Assert.Equal("prometheus.yml", _file.Value);
        Assert.False(_file.IsSet);
        Assert.Equal(TimeSpan.FromHours(2), _retention.Value);
        Assert.Equal(512, _count.Value);
        Assert.False(_lifecycle.Value);
        Assert.Empty(_headers.Value);
    }

    [Fact]
    public void Typed_values_are_read()
    {
        Assert.Equal(
            (true, ExitCode.Success),
            Parse("--storage.retention=1h30m", "--storage.size=512MB", "--web.max-connections", "7", "--log.format=json"));

        Assert.Equal(TimeSpan.FromMinutes(90), _retention.Value);
        Assert.Equal(512 << 20, _size.Value.Bytes);
        Assert.Equal(7, _count.Value);
        Assert.Equal("json", _format.Value);
    }

    [Theory]
    [InlineData("--web.enable-lifecycle", true)]
    [InlineData("--web.enable-lifecycle=true", true)]
    [InlineData("--web.enable-lifecycle=false", false)]
    [InlineData("--no-web.enable-lifecycle", false)]
    public void A_switch_can_be_turned_on_and_off(string arg, bool expected)
    {
        Assert.Equal((true, ExitCode.Success), Parse(arg));
        Assert.Equal(expected, _lifecycle.Value);
    }

    [Fact]
    public void A_list_flag_keeps_every_value_in_order()
    {
        Assert.Equal((true, ExitCode.Success), Parse("--custom-headers=a=b,c", "-H", "d", "--custom-headers", "e"));
        Assert.Equal(["a=b,c", "d", "e"], _headers.Value);
    }

    [Fact]
    public void Words_come_with_commas_or_with_further_flags()
    {
        Assert.Equal((true, ExitCode.Success), Parse("--enable-feature=one, two", "--enable-feature", "three"));
        Assert.Equal(["one", "two", "three"], _features.Value);
    }

    [Fact]
    public void An_unknown_word_is_refused_with_those_that_are_known()
    {
        Assert.Equal((false, ExitCode.Usage), Parse("--enable-feature=one,four"));
        Assert.Contains(
            "flag --enable-feature: value refused (got 'four', allowed: one, two, three)", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_flag_is_an_error_that_names_the_nearest_one()
    {
        Assert.Equal((false, ExitCode.Usage), Parse("--config.fil=x"));
        Assert.Contains("unknown flag --config.fil (did you mean --config.file?)", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        Assert.Equal(
            (false, ExitCode.Usage),
            Parse("--zzzzzzzzzzzzz", "stray", "--storage.retention=5", "--web.max-connections=0", "--log.format=xml"));

        string said = _error.ToString();
        Assert.Contains("unknown flag --zzzzzzzzzzzzz\n", said, StringComparison.Ordinal);
        Assert.Contains("unexpected argument 'stray'", said, StringComparison.Ordinal);
        Assert.Contains("flag --storage.retention: not a valid duration string: \"5\"", said, StringComparison.Ordinal);
        Assert.Contains("flag --web.max-connections: value refused (got '0', allowed: a whole number from 1 to 65535)", said, StringComparison.Ordinal);
        Assert.Contains("flag --log.format: value refused (got 'xml', allowed: logfmt, json)", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_flag_given_twice_is_an_error()
    {
        Assert.Equal((false, ExitCode.Usage), Parse("--config.file=a", "--config.file=b"));
        Assert.Contains("flag --config.file: given 2 times, allowed: once", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_without_its_value_is_an_error()
    {
        Assert.Equal((false, ExitCode.Usage), Parse("--config.file"));
        Assert.Contains("--config.file", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_shows_groups_units_and_defaults()
    {
        Assert.Equal((false, ExitCode.Success), Parse("--help"));

        string help = _output.ToString();
        Assert.Contains("Configuration:\n  --config.file=FILE\n        The configuration file. Default: prometheus.yml.\n", help, StringComparison.Ordinal);
        Assert.Contains("  --storage.retention=DURATION\n        How long samples are kept. Default: 2h.\n", help, StringComparison.Ordinal);
        Assert.Contains("  --storage.size=SIZE\n        How much is kept. Default: 1GiB.\n", help, StringComparison.Ordinal);
        Assert.Contains("Web:\n  --web.enable-lifecycle\n", help, StringComparison.Ordinal);
        Assert.Contains("  -H, --custom-headers=NAME=VALUE …\n", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_names_the_program()
    {
        Assert.Equal((false, ExitCode.Success), Parse("--version"));
        Assert.StartsWith("ampedge-test, version 0.1.0 (revision: ", _output.ToString(), StringComparison.Ordinal);
    }

    private (bool Run, int ExitCode) Parse(params string[] args)
    {
        bool run = _flags.TryParse(args, _output, _error, out int exitCode);
        return (run, exitCode);
    }
}
