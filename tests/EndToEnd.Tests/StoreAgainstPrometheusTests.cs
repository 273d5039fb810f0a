using System.Globalization;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Debian's Prometheus and our server get the same drawn stream and have to answer alike, from memory and from blocks.</summary>
public sealed class StoreAgainstPrometheusTests
{
    private const int Steps = 720;

    /// <summary>What sums up in another order, or with a compensation that the peer's version lacks, differs by so much.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>Expressions whose values are samples or counts of them: equal to the last digit.</summary>
    private static readonly string[] s_exact =
    [
        """{job=~".+",__name__!~"native.*"}""",
        """count_over_time(odd[5m])""",
        """min_over_time(temperature_1[10m])""",
        """max_over_time(temperature_2[10m])""",
        """last_over_time({job=~".+",__name__!~"native.*"}[3m])""",
        """changes(temperature_3{zone!="north"}[20m])""",
        """resets(requests_1_total[1h])""",
        """timestamp(odd{job="odd"})""",
        """count by (job, le) (duration_seconds_bucket)""",
        """requests_0_total offset 7m""",
    ];

    /// <summary>Metrics that Prometheus has since a version after Debian's 2.42, and two that it shows once they count something.</summary>
    private static readonly string[] s_absentMetrics =
    [
        "prometheus_tsdb_wal_storage_size_bytes", "prometheus_tsdb_retention_limit_seconds",
        "prometheus_tsdb_out_of_order_samples_total", "prometheus_tsdb_out_of_bound_samples_total",
    ];

    /// <summary>What Prometheus tells of parts that our store has not, or that are not counted (the server's README says which).</summary>
    private static readonly string[] s_notOurs =
    [
        "prometheus_tsdb_checkpoint_creations_failed_total",
        "prometheus_tsdb_checkpoint_creations_total",
        "prometheus_tsdb_checkpoint_deletions_failed_total",
        "prometheus_tsdb_checkpoint_deletions_total",
        "prometheus_tsdb_clean_start",
        "prometheus_tsdb_compaction_chunk_range_seconds",
        "prometheus_tsdb_compaction_chunk_samples",
        "prometheus_tsdb_compaction_chunk_size_bytes",
        "prometheus_tsdb_compaction_populating_block",
        "prometheus_tsdb_compactions_skipped_total",
        "prometheus_tsdb_head_series_not_found_total",
        "prometheus_tsdb_mmap_chunk_corruptions_total",
        "prometheus_tsdb_out_of_order_wbl_completed_pages_total",
        "prometheus_tsdb_out_of_order_wbl_fsync_duration_seconds",
        "prometheus_tsdb_out_of_order_wbl_page_flushes_total",
        "prometheus_tsdb_out_of_order_wbl_segment_current",
        "prometheus_tsdb_out_of_order_wbl_truncations_failed_total",
        "prometheus_tsdb_out_of_order_wbl_truncations_total",
        "prometheus_tsdb_out_of_order_wbl_writes_failed_total",
        "prometheus_tsdb_reloads_failures_total",
        "prometheus_tsdb_reloads_total",
        "prometheus_tsdb_snapshot_replay_error_total",
        "prometheus_tsdb_too_old_samples_total",
        "prometheus_tsdb_wal_completed_pages_total",
        "prometheus_tsdb_wal_page_flushes_total",
    ];

    /// <summary>
    /// Not <c>increase</c> of what starts near zero: Prometheus extrapolates it otherwise since 2.52 (prometheus/prometheus#13725).
    /// </summary>
    private static readonly string[] s_rounded =
    [
        """rate(requests_2_total[5m])""",
        """sum by (job) (rate(requests_3_total[10m]))""",
        """sum by (le) (irate(duration_seconds_bucket[30m]))""",
        """avg_over_time(temperature_4[30m])""",
    ];

    [Fact]
    public async Task The_same_stream_is_answered_as_by_Prometheus_from_memory_from_blocks_and_by_promtool()
    {
        Gen gen = Gen.Create(20261122);
        SeededStream stream = new(
            gen, TimeProvider.System.GetUtcNow().AddHours(-4).ToUnixTimeMilliseconds(), Steps);
        string window = $"{SeededStream.Window.TotalSeconds}s";
        using WorkingFolder folder = new();
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, $"storage: {{tsdb: {{out_of_order_time_window: {window}}}}}\n",
            "--web.enable-remote-write-receiver", "--web.enable-admin-api", "--enable-feature=native-histograms");
        string limits = $"limits: {{out_of_order_time_window: {window}}}\n";
        SortedDictionary<string, List<(double Seconds, string Value)>> native;
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(folder, limits))
        {
            await SendAsync(stream, prometheus, server);
            await CompareAsync(stream, prometheus, server, $"{gen}, from memory");
            native = await NativeHistogramsAsync(stream, server);
            await CompareMetricsAsync(prometheus, server);
            Assert.Equal(0, await server.StopAsync());
        }

        // Any head is too large now, so that all but the last samples become blocks.
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(
            folder, limits + "storage: {max_head_size: 1B}\n"))
        {
            await CompareAsync(stream, prometheus, server, $"{gen}, after a restart");
            await CutAsync(stream, prometheus, server, folder);
            await CompareAsync(stream, prometheus, server, $"{gen}, from blocks");
            SeriesComparison.Equal(native, await NativeHistogramsAsync(stream, server), tolerance: 0, $"{gen}, native histograms from blocks");
            Assert.Equal(0, await server.StopAsync());
        }

        // What it has in memory, late samples too, is on its disk in a form of its own until it has made blocks of it.
        using (HttpResponseMessage snapshot = await prometheus.Http.PostAsync(
            new Uri("/api/v1/admin/tsdb/snapshot", UriKind.Relative), content: null, TestContext.Current.CancellationToken))
        {
            Assert.True(snapshot.IsSuccessStatusCode, prometheus.Describe($"{snapshot.StatusCode}"));
        }

        Assert.Equal(0, await prometheus.StopAsync());
        await CompareDumpsAsync(stream, folder, gen);
    }

    /// <summary>
    /// Compared with what was sent and with themselves: Debian's Prometheus 2.42 takes native histograms, but in each of these
    /// series some samples are missing afterwards, and others answer with the buckets of another series.
    /// </summary>
    private static async Task<SortedDictionary<string, List<(double Seconds, string Value)>>> NativeHistogramsAsync(
        SeededStream stream, RunningProgram server)
    {
        SortedDictionary<string, List<(double Seconds, string Value)>> series = await new QueryClient(server).QueryAsync(
            $$"""{__name__=~"native.*"}[{{stream.EndMs - stream.StartMs + 2}}ms]""", stream.EndMs + 1);
        int samples = 0;
        foreach (List<(double Seconds, string Value)> histograms in series.Values)
        {
            samples += histograms.Count;
        }

        Assert.Equal(stream.Histograms, samples);
        return series;
    }

    /// <summary>
    /// Whatever the store calls as Prometheus calls its own is of the same type there, and what tells of the same stream is the same;
    /// what is missing is known.
    /// </summary>
    private static async Task CompareMetricsAsync(RunningProgram prometheus, RunningProgram server)
    {
        Dictionary<string, string> theirs = TsdbTypes(await prometheus.GetAsync("/metrics"));
        Dictionary<string, string> ours = TsdbTypes(await server.GetAsync("/metrics"));
        Assert.True(ours.Count >= 50, $"{ours.Count} metrics only");
        SortedSet<string> missing = new(theirs.Keys, StringComparer.Ordinal);
        missing.ExceptWith(ours.Keys);
        Assert.Equal(string.Join('\n', s_notOurs), string.Join('\n', missing));
        foreach ((string name, string type) in ours)
        {
            Assert.True(
                theirs.TryGetValue(name, out string? other) ? other == type : Array.IndexOf(s_absentMetrics, name) >= 0,
                $"{name} of type {type} is {other ?? "none"} in Prometheus");
        }

        foreach (string name in (string[])["head_max_time", "head_max_time_seconds", "wal_corruptions_total"])
        {
            double? value = await server.MetricAsync($$"""prometheus_tsdb_{{name}}{workspace="{{Pipeline.Workspace}}"}""");
            Assert.Equal((name, await prometheus.MetricAsync($"prometheus_tsdb_{name}")), (name, value));
        }

        static Dictionary<string, string> TsdbTypes(string page)
        {
            Dictionary<string, string> types = [];
            foreach (string line in Lines(page))
            {
                if (line.Split(' ') is ["#", "TYPE", string name, string type]
                    && name.StartsWith("prometheus_tsdb_", StringComparison.Ordinal))
                {
                    types.Add(name, type);
                }
            }

            return types;
        }
    }

    private static async Task SendAsync(SeededStream stream, RunningProgram prometheus, RunningProgram server)
    {
        foreach (byte[] body in stream.Bodies())
        {
            (int Status, string Text)[] answers = await Task.WhenAll(WriteAsync(prometheus, body), WriteAsync(server, body));
            Assert.True(answers[0].Status is 200 or 204, prometheus.Describe($"{answers[0]}"));
            Assert.True(answers[1].Status is 200 or 204, server.Describe($"{answers[1]}"));
        }

        foreach ((string what, byte[] body) in stream.RefusedBodies())
        {
            (int Status, string Text)[] answers = await Task.WhenAll(WriteAsync(prometheus, body), WriteAsync(server, body));
            Assert.True(answers[0].Status >= 400, $"{what} was taken by Prometheus");
            Assert.True(answers[1].Status == 400, $"{what} was taken or refused in another way: {answers[1]}");
        }
    }

    /// <summary>One more sample makes the server see that its memory is over the bound; then waits for the cut.</summary>
    private static async Task CutAsync(SeededStream stream, RunningProgram prometheus, RunningProgram server, WorkingFolder folder)
    {
        byte[] body = stream.ClosingBody();
        (int Status, string Text)[] answers = await Task.WhenAll(WriteAsync(prometheus, body), WriteAsync(server, body));
        Assert.True(answers[0].Status is 200 or 204, prometheus.Describe($"{answers[0]}"));
        Assert.True(answers[1].Status is 200 or 204, server.Describe($"{answers[1]}"));
        string chunks = $$"""prometheus_tsdb_head_chunks{workspace="{{Pipeline.Workspace}}"}""";
        await Eventually.TrueAsync(
            async () => BlocksOf(folder).Count > 0 && await server.MetricAsync(chunks) <= 1,
            () => server.Describe($"{BlocksOf(folder).Count} blocks were cut, but samples are in memory"));
    }

    private static async Task CompareAsync(
        SeededStream stream, RunningProgram prometheus, RunningProgram server, string when)
    {
        QueryClient theirs = new(prometheus);
        QueryClient ours = new(server);

        // Odd times, where no sample is.
        long startMs = stream.StartMs - 1;
        long endMs = stream.EndMs + 1;
        string all = $$"""{job=~".+",__name__!~"native.*"}[{{endMs - startMs}}ms]""";
        SeriesComparison.Equal(await theirs.QueryAsync(all, endMs), await ours.QueryAsync(all, endMs), tolerance: 0, $"{when}: {all}");
        foreach (string expression in (string[])[.. s_exact, .. s_rounded])
        {
            double tolerance = Array.IndexOf(s_exact, expression) >= 0 ? 0 : Tolerance;
            SeriesComparison.Equal(
                await theirs.RangeAsync(expression, startMs, endMs, TimeSpan.FromSeconds(62)),
                await ours.RangeAsync(expression, startMs, endMs, TimeSpan.FromSeconds(62)),
                tolerance, $"{when}: {expression}");
        }

        string times = $"start={QueryClient.Seconds(startMs)}&end={QueryClient.Seconds(endMs)}";
        foreach (string list in (string[])
            [
                "labels?", "label/__name__/values?", "label/zone/values?", "label/le/values?", "label/nothing/values?",
                """series?match[]={__name__=~".%2B"}&""", """series?match[]=odd&match[]={le="10",job="even"}&""",
                """labels?match[]={job="even",zone!=""}&""", """label/instance/values?match[]=odd{job="odd"}&""",
            ])
        {
            Assert.True(
                string.Join('\n', await theirs.ListAsync(list + times)) == string.Join('\n', await ours.ListAsync(list + times)),
                $"{when}: {list} differs");
        }
    }

    /// <summary>Every sample that promtool finds in a snapshot of Prometheus is in our blocks, and no other is.</summary>
    private static async Task CompareDumpsAsync(SeededStream stream, WorkingFolder folder, Gen gen)
    {
        // Without the log, which is ours; promtool wants a folder of that name.
        string copy = Directory.CreateDirectory(folder.At("blocks")).FullName;
        Directory.CreateDirectory(Path.Combine(copy, "wal"));
        foreach (string block in BlocksOf(folder))
        {
            Directory.Move(block, Path.Combine(copy, Path.GetFileName(block)));
        }

        string until = string.Create(CultureInfo.InvariantCulture, $"--max-time={stream.EndMs}");
        string[] theirs = Lines(await Promtool.RunAsync("tsdb", "dump", until, Assert.Single(Directory.GetDirectories(folder.At("prometheus-data/snapshots")))));
        string[] ours = Lines(await Promtool.RunAsync("tsdb", "dump", until, copy));
        Assert.True(theirs.Length > stream.Samples / 2, $"{gen}: promtool finds {theirs.Length} samples of {stream.Samples}");
        HashSet<string> missing = [.. theirs];
        missing.ExceptWith(ours);
        HashSet<string> surplus = [.. ours];
        surplus.ExceptWith(theirs);
        Assert.True(
            missing.Count == 0 && surplus.Count == 0,
            $"{gen}: {missing.Count} samples missing\n{First(missing)}\n{surplus.Count} too many\n{First(surplus)}");
        Assert.Equal(ours.Length, new HashSet<string>(ours).Count);
    }

    private static string[] Lines(string dump) => dump.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string First(HashSet<string> lines)
    {
        StringBuilder first = new();
        foreach (string line in lines)
        {
            first.AppendLine(line);
            if (first.Length > 1000)
            {
                break;
            }
        }

        return first.ToString();
    }

    private static List<string> BlocksOf(WorkingFolder folder)
    {
        List<string> blocks = [];
        foreach (string path in Directory.EnumerateFiles(
            Path.Combine(folder.At("server-data"), Pipeline.Workspace), "meta.json", SearchOption.AllDirectories))
        {
            blocks.Add(Path.GetDirectoryName(path)!);
        }

        return blocks;
    }

    private static async Task<(int Status, string Text)> WriteAsync(RunningProgram program, byte[] body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/write") { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Encoding", "snappy");
        request.Content.Headers.Add("Content-Type", "application/x-protobuf");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using HttpResponseMessage answer = await program.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
