using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Our agent over one buffer, life after life: it scrapes scripted targets and is killed while it does.</summary>
public sealed class MortalAgent
{
    private readonly WorkingFolder _folder;
    private readonly Gen _gen;
    private readonly ScriptedTarget[] _targets;
    private readonly HashSet<double>[] _scrapedAtKill;

    public MortalAgent(WorkingFolder folder, Gen gen, params ScriptedTarget[] targets)
    {
        _folder = folder;
        _gen = gen;
        _targets = targets;
        _scrapedAtKill = Array.ConvertAll(targets, static _ => new HashSet<double>());
    }

    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>A configuration for one target.</summary>
    /// <param name="target">What is scraped.</param>
    /// <param name="intervalMs">How often, and for how long at most.</param>
    /// <param name="receiver">What is written to.</param>
    /// <param name="queue">Further settings of <c>queue_config</c>, in braces.</param>
    public static string Config(ScriptedTarget target, int intervalMs, RecordingReceiver receiver, string queue) => $"""
        global: {Braces($"scrape_interval: {intervalMs}ms, scrape_timeout: {intervalMs}ms")}
        scrape_configs:
          - job_name: scripted
            static_configs: [{Braces($"targets: [\"{target.Address}\"]")}]
        remote_write:
          - url: {receiver.WriteUrl}
            remote_timeout: 1s
            queue_config: {queue}
        """;

    public Task<RunningProgram> StartAsync(string config) =>
        Pipeline.StartAgentAsync(_folder, config, new Dictionary<string, string>(), [.. Flags]);

    /// <summary>Lives until the first target was scraped some times more, and is killed a random moment later.</summary>
    public async Task LiveAndDieAsync(string config, int minScrapes, int someMore)
    {
        await using RunningProgram agent = await StartAsync(config);
        int wanted = _targets[0].Scrapes + minScrapes + _gen.Int(someMore);
        await Eventually.TrueAsync(
            () => Task.FromResult(_targets[0].Scrapes >= wanted), () => agent.Describe("the agent does not scrape"));
        await Task.Delay(TimeSpan.FromMilliseconds(_gen.Int(300)), TimeProvider.System, TestContext.Current.CancellationToken);
        await agent.KillAsync();
        for (int index = 0; index < _targets.Length; index++)
        {
            // A page that was handed out just before the kill may not have been taken yet: that scrape did not happen.
            _scrapedAtKill[index].Add(_targets[index].Scrapes);
        }
    }

    /// <summary>
    /// Waits until the receiver has the samples of a few more scrapes of a target, and fails unless all of its samples are
    /// there in their order. On a busy machine a page may be handed out after the scrape's time was over; then <c>up</c> is 0.
    /// </summary>
    /// <param name="agent">The last life.</param>
    /// <param name="receiver">Where the samples went.</param>
    /// <param name="index">Which target.</param>
    /// <param name="series">The series whose values are the numbers of the scrapes; the last one of them comes last.</param>
    public async Task AssertArrivedAsync(RunningProgram agent, RecordingReceiver receiver, int index, params IReadOnlyList<string> series)
    {
        int end = _targets[index].Scrapes + 5;
        string instance = $"instance=\"{_targets[index].Address}\"";
        await Eventually.TrueAsync(
            () => Task.FromResult(ScrapeNumbers.HasValue(receiver.ArrivalsOf(Name(series[^1]), instance), end)),
            () => agent.Describe($"the samples did not all arrive, {_gen}"));
        int failed = receiver.ArrivalsOf(Name("up"), instance).FindAll(static sample => sample.Value == 0).Count;
        foreach (string name in series)
        {
            ScrapeNumbers.AssertInOrderAndWhole(
                receiver.ArrivalsOf(Name(name), instance), end, _scrapedAtKill[index], failed, _gen);
        }
    }

    private static string Name(string metric) => $"__name__=\"{metric}\"";

    private static string Braces(string inner) => $"{{{inner}}}";
}
