using System.Diagnostics;
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
    public void A_folder_that_cannot_be_listed_leaves_its_targets_as_they_were()
    {
        Write("a.json", "[{\"targets\":[\"h:1\"]}]");
        bool isRefused = false;
        FileDiscoverer discoverer = new(
            [Path.Combine(_folder, "*.json")], TimeSpan.FromMinutes(5), _metrics, _time, NullLogger.Instance,
            folder => isRefused ? throw new UnauthorizedAccessException("not yours") : Directory.EnumerateFiles(folder));
        Assert.Single(Refresh(discoverer));

        isRefused = true;
        Assert.Empty(Refresh(discoverer));
        Assert.Equal(1, _metrics.FileReadErrors.Value);

        isRefused = false;
        Assert.Single(Refresh(discoverer)[0].Targets);
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(Assert.Single(Refresh(discoverer)).Targets);
        Directory.CreateDirectory(_folder);
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

    [Fact]
    public async Task Files_replaced_by_renaming_and_links_that_are_swapped_are_seen_at_once()
    {
        // The layout of a ConfigMap: a link to a link to the folder of this version.
        foreach (string version in (string[])["v1", "v2", "v3"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            Write($"{version}/a.json", $"[{{\"targets\":[\"{version}:1\"]}}]");
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "v1");
        File.CreateSymbolicLink(Path.Combine(_folder, "a.json"), Path.Combine("..data", "a.json"));
        await using RunningFiles running = new(Following(TimeSpan.FromHours(1), _folder));
        await running.WaitForAsync("v1:1");

        File.CreateSymbolicLink(Path.Combine(_folder, "..data_tmp"), "v2");
        using Process move = Process.Start("/bin/mv", ["-T", Path.Combine(_folder, "..data_tmp"), Path.Combine(_folder, "..data")]);
        await move.WaitForExitAsync(TestContext.Current.CancellationToken);
        await running.WaitForAsync("v2:1");

        Write("written.tmp", "[{\"targets\":[\"renamed:1\"]}]");
        File.Move(Path.Combine(_folder, "written.tmp"), Path.Combine(_folder, "a.json"), overwrite: true);
        await running.WaitForAsync("renamed:1");
    }

    [Fact]
    public async Task A_folder_that_comes_later_or_whose_name_leads_elsewhere_is_found_at_the_interval()
    {
        string link = Path.Combine(_folder, "current");
        await using RunningFiles running = new(Following(TimeSpan.FromMilliseconds(50), link));
        await running.WaitForReportAsync();
        foreach (string version in (string[])["v1", "v2"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            Write($"{version}/a.json", $"[{{\"targets\":[\"{version}:1\"]}}]");
            File.Delete(link);
            Directory.CreateSymbolicLink(link, version);
            await running.WaitForAsync($"{version}:1");
        }

    }

    [Fact]
    public void A_file_that_is_half_written_keeps_its_groups_until_it_is_whole()
    {
        const string whole = "[{\"targets\":[\"h:1\",\"h:2\"],\"labels\":{\"x\":\"1\"}}]";
        Write("a.json", "[{\"targets\":[\"h:0\"]}]");
        FileDiscoverer discoverer = Discoverer("*.json");
        Assert.Single(Refresh(discoverer));
        for (int length = 0; length < whole.Length; length++)
        {
            Write("a.json", whole[..length]);
            Assert.Empty(Refresh(discoverer));
        }

        Write("a.json", whole);
        Assert.Equal(2, Assert.Single(Refresh(discoverer)).Targets.Count);
        Assert.Equal(whole.Length, _metrics.FileReadErrors.Value);
    }

    [Fact]
    public void The_time_of_each_file_is_a_metric_until_the_file_is_gone()
    {
        Write("a.json", "[]");
        string file = Path.Combine(_folder, "a.json");
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddSeconds(1700000000));
        FileDiscoverer discoverer = Discoverer("*.json");
        Refresh(discoverer);
        Assert.Equal(1700000000, _metrics.FileModified(file).Value);

        File.Delete(file);
        Refresh(discoverer);
        Assert.Equal(0, _metrics.FileModified(file).Value);
        Assert.Equal(2, _metrics.FileScanDuration.Count);
    }

    private FileDiscoverer Following(TimeSpan interval, string folder) => new(
        [Path.Combine(folder, "*.json")], interval, _metrics, TimeProvider.System, NullLogger.Instance);

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
