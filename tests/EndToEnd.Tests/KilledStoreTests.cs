using System.Diagnostics;
using System.Globalization;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// The real server under load, whose head is so small that it cuts, compacts, deletes and cleans up all the time, killed in
/// the midst of that. After each death every sample that it acknowledged is there, what it said was deleted is not, and every
/// byte of its files is as it should be.
/// </summary>
public sealed class KilledStoreTests
{
    private const int Lives = 3;
    private const int Kept = 100;
    private const int Victims = 6;
    private const string Settings = "storage: {max_head_size: 1MB}\n";

    private static readonly TimeSpan s_longestLife = TimeSpan.FromSeconds(5);

    private readonly MinuteSeries _series = new();
    private readonly Gen _gen = Gen.Create(3 + Environment.ProcessId);

    /// <summary>Up to which minute, exclusive, deletions of each victim were asked for and confirmed.</summary>
    private readonly long[] _askedFor = new long[Victims];
    private readonly long[] _confirmed = new long[Victims];

    /// <summary>The first minute that is not acknowledged.</summary>
    private long _acknowledged;
    private long _first;

    [Fact]
    public async Task A_server_killed_while_it_cuts_compacts_deletes_and_cleans_up_has_all_it_acknowledged()
    {
        using WorkingFolder folder = new();
        string data = Path.Combine(folder.At("server-data"), Pipeline.Workspace);
        _series.Add("kept", Kept);
        _series.Add("victim", Victims);
        _first = (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(140)).ToUnixTimeMilliseconds() / MinuteSeries.MinuteMs;
        _acknowledged = _first;
        int most = 0;
        for (int life = 0; life < Lives; life++)
        {
            await LiveAndDieAsync(folder, data, life switch
            {
                0 => ".tmp-for-creation",
                1 => ".tmp-for-deletion",
                _ => null,
            });
            most = Math.Max(most, Check(data));
        }

        Assert.True(most > 5, $"only {most} blocks, {_gen}");
        await using RunningProgram last = await Pipeline.StartOpenServerAsync(folder, Settings);
        double? count = await new QueryClient(last).ScalarAsync(
            $"sum(count_over_time(kept[150d] @ {MinuteSeries.Seconds(_acknowledged + MinuteSeries.Span)}))");
        Assert.InRange(count ?? 0, Kept * (_acknowledged - _first), Kept * (_acknowledged - _first + MinuteSeries.Span));
        Assert.Equal(0, await last.StopAsync());
    }

    private async Task LiveAndDieAsync(WorkingFolder folder, string data, string? suffix)
    {
        await using RunningProgram server = await Pipeline.StartOpenServerAsync(folder, Settings, "--web.enable-admin-api");
        using CancellationTokenSource ended = new();
        Task deleting = DeleteAsync(server, ended.Token);
        Task killing = KillAsync(server, data, suffix);
        await WriteAsync(server);
        await killing;
        await ended.CancelAsync();
        await deleting;
    }

    /// <summary>
    /// Writes until the server is gone, or until what is written would lie in the future. What it did not acknowledge comes again in its next life, where it is too old if it was
    /// stored and cut off the head before the death.
    /// </summary>
    private async Task WriteAsync(RunningProgram server)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / MinuteSeries.MinuteMs;
        for (bool isFirst = true; _acknowledged + MinuteSeries.Span <= now; isFirst = false)
        {
            using HttpResponseMessage? answer = await _series.TryWriteAsync(server, _acknowledged);
            if (answer is null)
            {
                return;
            }

            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(
                answer.IsSuccessStatusCode || (isFirst && text.Contains("too old sample", StringComparison.Ordinal)),
                server.Describe($"{(int)answer.StatusCode} {text}, {_gen}"));
            Interlocked.Add(ref _acknowledged, MinuteSeries.Span);
        }
    }

    private async Task DeleteAsync(RunningProgram server, CancellationToken ended)
    {
        for (int round = 0; !ended.IsCancellationRequested; round++)
        {
            int victim = round % Victims;
            long end = Math.Max(_first, Interlocked.Read(ref _acknowledged) - 30);
            _askedFor[victim] = Math.Max(_askedFor[victim], end);
            try
            {
                await AdministerAsync(
                    server, $"delete_series?match[]=victim{{n=\"{victim}\"}}&end={MinuteSeries.Seconds(end - 1)}", ended);
                _confirmed[victim] = Math.Max(_confirmed[victim], end);
                if (round % 4 == 3)
                {
                    await AdministerAsync(server, "clean_tombstones", ended);
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
            {
                // The server is dead, or is about to be.
                return;
            }
        }
    }

    private async Task AdministerAsync(RunningProgram server, string action, CancellationToken ended)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync("/api/v1/admin/tsdb/" + action, null, ended);
        Assert.True(answer.IsSuccessStatusCode, server.Describe($"{action}: {(int)answer.StatusCode}, {_gen}"));
    }

    /// <summary>Kills the server as soon as a folder of that kind is seen, or after a while; at a random moment without a kind.</summary>
    private async Task KillAsync(RunningProgram server, string data, string? suffix)
    {
        long started = Stopwatch.GetTimestamp();
        TimeSpan earliest = TimeSpan.FromMilliseconds(_gen.Int(suffix is null ? 4000 : 2000));
        TimeSpan latest = suffix is null ? earliest : s_longestLife;
        TimeSpan longer = TimeSpan.FromMilliseconds(_gen.Int(20));
        while (Stopwatch.GetElapsedTime(started) is var life && life < latest && (life < earliest || !Has(data, suffix)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await Task.Delay(longer, TimeProvider.System, TestContext.Current.CancellationToken);
        await server.KillAsync();
    }

    private static bool Has(string data, string? suffix)
    {
        foreach (string name in Directory.EnumerateDirectories(data))
        {
            if (suffix is not null && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the folder of the dead server; returns the number of blocks.</summary>
    private int Check(string data)
    {
        using StoppedDatabase database = StoppedDatabase.Open(new DiskFileSystem(), data, TimeProvider.System);
        Assert.True(database.SetAside.Count == 0, $"{string.Join("; ", database.SetAside)} {_gen}");
        foreach (Block block in database.Blocks)
        {
            IReadOnlyList<BlockCorruptionException> findings = block.Verify(TestContext.Current.CancellationToken);
            Assert.True(findings.Count == 0, $"{string.Join("; ", findings)} {_gen}");
        }

        using DatabaseQuerier querier = database.NewQuerier(TestContext.Current.CancellationToken);
        SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
        SampleColumns samples = new();
        int kept = 0;
        while (series.MoveNext())
        {
            samples.Clear();
            series.Decode(ref samples);
            series.Labels.TryGet("n"u8, out ReadOnlySpan<byte> number);
            bool isKept = series.Labels.ToString().Contains("kept", StringComparison.Ordinal);
            int victim = int.Parse(number, CultureInfo.InvariantCulture);
            kept += isKept ? 1 : 0;
            CheckSeries(
                $"{series.Labels}, {_gen}", samples, isKept ? _first : _confirmed[victim],
                isKept ? _first : Math.Max(_first, _askedFor[victim]));
        }

        Assert.True(kept == Kept, $"{kept} series, {_gen}");
        return database.Blocks.Count;
    }

    /// <summary>Every minute from one on must be there, and none before another.</summary>
    private void CheckSeries(string what, SampleColumns samples, long none, long all)
    {
        long expected = all;
        for (int index = 0; index < samples.Count; index++)
        {
            long minute = samples.Timestamps[index] / MinuteSeries.MinuteMs;
            Assert.True(
                samples.Values[index] == minute && minute >= none && minute < _acknowledged + MinuteSeries.Span,
                $"{samples.Values[index]} at minute {minute} of {what}");
            Assert.True(minute < all || minute == expected, $"minutes {expected} to {minute} are gone, {what}");
            expected = Math.Max(all, minute + 1);
        }

        Assert.True(expected >= _acknowledged, $"minutes {expected} to {_acknowledged} are gone, {what}");
    }
}
