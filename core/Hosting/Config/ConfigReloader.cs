using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// Holds the configuration in force and replaces it whole. A file that does not load, or that a component cannot
/// apply, leaves the old one in force everywhere and shows in <c>…_config_last_reload_successful</c>.
/// </summary>
public sealed class ConfigReloader<TConfig> : IDisposable
    where TConfig : class
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly List<Func<TConfig, CancellationToken, Task>> _appliers = [];
    private readonly Func<ConfigResult<TConfig>> _load;
    private readonly GaugeMetric _successful;
    private readonly GaugeMetric _successTime;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private TConfig _current;

    /// <param name="initial">The configuration that the program starts with.</param>
    /// <param name="load">Reads and checks the file again.</param>
    /// <param name="metricPrefix">Metrics are named <c>&lt;prefix&gt;_config_last_reload_successful</c> and so on.</param>
    /// <param name="metrics">Takes the two metrics.</param>
    /// <param name="loggers">Every problem of a bad reload is one line.</param>
    /// <param name="time">Stamps the last success.</param>
    public ConfigReloader(
        TConfig initial, Func<ConfigResult<TConfig>> load, string metricPrefix, MetricRegistry metrics,
        ILoggerFactory loggers, TimeProvider time)
    {
        _current = initial;
        _load = load;
        _time = time;
        _log = loggers.CreateLogger<ConfigReloader<TConfig>>();
        _successful = metrics.Gauge(
            metricPrefix + "_config_last_reload_successful", "Whether the last configuration reload attempt was successful.");
        _successTime = metrics.Gauge(
            metricPrefix + "_config_last_reload_success_timestamp_seconds",
            "Timestamp of the last successful configuration reload.");
        MarkSuccess();
    }

    /// <summary>The configuration in force.</summary>
    public TConfig Current => Volatile.Read(ref _current);

    /// <summary>How the last attempt went; true before the first.</summary>
    public bool LastReloadSuccessful => _successful.Value == 1;

    /// <summary>When the configuration in force was taken.</summary>
    public DateTimeOffset LastSuccess => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(_successTime.Value);

    /// <summary>Adds a component that takes each new configuration; they are called in this order.</summary>
    public void OnChange(Func<TConfig, CancellationToken, Task> apply) => _appliers.Add(apply);

    /// <summary>Loads and applies; null on success, else all that is wrong, one problem a line.</summary>
    public async Task<string?> ReloadAsync(CancellationToken cancel)
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            ConfigResult<TConfig> loaded = _load();
            if (!loaded.IsValid)
            {
                foreach (ConfigProblem problem in loaded.Problems)
                {
                    ConfigLog.Problem(_log, problem.ToString());
                }

                return Failed(string.Join('\n', loaded.Problems));
            }

            string? refused = await ApplyAsync(loaded.Config, cancel);
            if (refused is not null)
            {
                return Failed(refused);
            }

            Volatile.Write(ref _current, loaded.Config);
            MarkSuccess();
            ConfigLog.Reloaded(_log);
            return null;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<string?> ApplyAsync(TConfig config, CancellationToken cancel)
    {
        for (int index = 0; index < _appliers.Count; index++)
        {
            try
            {
                await _appliers[index](config, cancel);
            }
            catch (Exception error)
            {
                ConfigLog.ApplyFailed(_log, error);
                await ReturnToCurrentAsync(index);
                return $"the configuration could not be applied: {error.Message}";
            }
        }

        return null;
    }

    /// <summary>Gives the old configuration back to the components that have taken the new one, the failed one included.</summary>
    private async Task ReturnToCurrentAsync(int failedIndex)
    {
        for (int index = 0; index <= failedIndex; index++)
        {
            try
            {
                await _appliers[index](_current, CancellationToken.None);
            }
            catch (Exception error)
            {
                ConfigLog.ApplyFailed(_log, error);
            }
        }
    }

    private string Failed(string problems)
    {
        _successful.Set(0);
        ConfigLog.ReloadFailed(_log);
        return problems;
    }

    private void MarkSuccess()
    {
        _successful.Set(1);
        _successTime.SetTo(_time.GetUtcNow());
    }
}
