using System.Buffers;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class ConfigReloaderTests : IDisposable
{
    private static readonly ConfigProblem s_problem = new("f.yml", new YamlPosition(3, 5), "a.b", "is wrong", "x", "y");

    private readonly MetricRegistry _metrics = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _applied = [];
    private readonly ConfigReloader<string> _reloader;
    private ConfigResult<string> _next = new("new", []);

    public ConfigReloaderTests() =>
        _reloader = new ConfigReloader<string>("old", () => _next, "prometheus", _metrics, NullLoggerFactory.Instance, _time);

    public void Dispose() => _reloader.Dispose();

    [Fact]
    public async Task A_good_file_is_applied_in_order_and_comes_into_force()
    {
        _reloader.OnChange((config, _) => RecordAsync("a", config));
        _reloader.OnChange((config, _) => RecordAsync("b", config));
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await _reloader.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Equal("new", _reloader.Current);
        Assert.Equal(["a new", "b new"], _applied);
        Assert.Contains("prometheus_config_last_reload_successful 1\n", Page(), StringComparison.Ordinal);
        Assert.Contains("prometheus_config_last_reload_success_timestamp_seconds 1.76722561e+09\n", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_file_leaves_the_old_one_in_force_and_shows_in_a_metric()
    {
        _reloader.OnChange((config, _) => RecordAsync("a", config));
        _next = new ConfigResult<string>(null, [s_problem]);

        Assert.Equal(
            "f.yml:3:5 a.b: is wrong (got 'x', allowed: y)", await _reloader.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Equal("old", _reloader.Current);
        Assert.Empty(_applied);
        Assert.Contains("prometheus_config_last_reload_successful 0\n", Page(), StringComparison.Ordinal);
        Assert.Contains("prometheus_config_last_reload_success_timestamp_seconds 1.7672256e+09\n", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_component_cannot_apply_is_taken_back_from_all()
    {
        _reloader.OnChange((config, _) => RecordAsync("a", config));
        _reloader.OnChange((config, _) => config == "new" ? throw new IOException("disk full") : RecordAsync("b", config));

        Assert.Equal(
            "the configuration could not be applied: disk full", await _reloader.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Equal("old", _reloader.Current);
        Assert.Equal(["a new", "a old", "b old"], _applied);
    }

    private Task RecordAsync(string component, string config)
    {
        _applied.Add($"{component} {config}");
        return Task.CompletedTask;
    }

    private string Page()
    {
        ArrayBufferWriter<byte> page = new();
        _metrics.WriteTo(page, ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }
}
