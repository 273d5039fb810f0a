using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class FileDiscovererTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("targets").FullName;
    private readonly DiscoveryMetrics _metrics = new(new MetricRegistry());
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_invalid_file_leaves_its_targets_as_they_were()
    {
        Write("a.json", "[{\"targets\":[\"h:1\"],\"labels\":{\"x\":\"1\"}}]");
        FileDiscoverer discoverer = Discoverer("*.json");
        List<TargetGroup> first = Refresh(discoverer);
        Assert.Equal($"{{__meta_filepath=\"{_folder}/a.json\", x=\"1\"}}", Assert.Single(first).Labels.ToString());

        Write("a.json", "[{\"targets\":[\"h:1\"");
        Assert.Empty(Refresh(discoverer));
        Assert.Equal(1, _metrics.FileReadErrors.Value);
    }

    [Fact]
    public void Groups_that_vanish_are_ended()
    {
        Write("a.json", "[{\"targets\":[\"h:1\"]},{\"targets\":[\"h:2\"]}]");
        Write("b.yml", "- targets: [h:3]\n");
        FileDiscoverer discoverer = Discoverer("*.json", "*.yml");
        Assert.Equal(3, Refresh(discoverer).Count);

        Write("a.json", "[{\"targets\":[\"h:1\"]}]");
        File.Delete(Path.Combine(_folder, "b.yml"));
        List<TargetGroup> ended = Refresh(discoverer).FindAll(static group => group.Targets.Count == 0);

        Assert.Equal([$"{_folder}/a.json:1", $"{_folder}/b.yml:0"], ended.ConvertAll(static group => group.Source));
    }

    [Fact]
    public void Only_files_that_the_pattern_matches_are_read()
    {
        Write("web.json", "[{\"targets\":[\"h:1\"]}]");
        Write("db.json", "[{\"targets\":[\"h:2\"]}]");

        Assert.EndsWith("/web.json:0", Assert.Single(Refresh(Discoverer("we*.json"))).Source);
    }

    [Fact]
    public async Task A_change_is_seen_without_waiting_for_the_refresh_interval()
    {
        Write("a.json", "[{\"targets\":[\"h:1\"]}]");
        using CancellationTokenSource stop = new();
        System.Threading.Channels.Channel<IReadOnlyList<TargetGroup>> reports =
            System.Threading.Channels.Channel.CreateUnbounded<IReadOnlyList<TargetGroup>>();
        FileDiscoverer discoverer = new(
            [Path.Combine(_folder, "*.json")], TimeSpan.FromHours(1), _metrics, TimeProvider.System, NullLogger.Instance);
        Task running = discoverer.RunAsync(groups => reports.Writer.TryWrite(groups), stop.Token);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Assert.Equal("{__address__=\"h:1\"}", (await reports.Reader.ReadAsync(cancel))[0].Targets[0].ToString());

        Write("a.json", "[{\"targets\":[\"h:2\"]}]");
        string seen;
        do
        {
            IReadOnlyList<TargetGroup> groups = await reports.Reader.ReadAsync(cancel);
            seen = groups.Count == 0 ? "" : groups[0].Targets[0].ToString();
        }
        while (seen != "{__address__=\"h:2\"}");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private FileDiscoverer Discoverer(params string[] patterns) => new(
        Array.ConvertAll(patterns, pattern => Path.Combine(_folder, pattern)),
        TimeSpan.FromMinutes(5), _metrics, _time, NullLogger.Instance);

    private static List<TargetGroup> Refresh(FileDiscoverer discoverer)
    {
        List<TargetGroup> reported = [];
        discoverer.Refresh(groups => reported.AddRange(groups));
        return reported;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
