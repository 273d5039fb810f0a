using AmpEdge.Prometheus;
using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class UsageCommandTests : IDisposable
{
    private readonly MemoryFileSystem _disk = new();
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Files_of_two_replicas_merge_and_the_report_adds_rates_and_unites_series()
    {
        Save("/one.state", 1, ("a", 1UL), ("a", 2UL), ("b", 1UL));
        Save("/two.state", 2, ("a", 2UL), ("a", 3UL), ("c", 1UL));
        Read("/two.state", 2, "b");

        Assert.Equal(0, Run("merge", "/one.state", "/two.state", "/one.state", "--output", "/merged.state"));
        Assert.Contains("/merged.state: 2 observer(s) of 3 file(s)", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Run("report", "/merged.state"));

        string[] lines = _output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("2 of 3 metrics unused; without them a month costs", lines[1], StringComparison.Ordinal);
        Assert.Equal("METRIC  WORKSPACE  SERIES  SAMPLES/S  SAVES A MONTH  LAST QUERIED  READ BY", lines[4]);
        Assert.Equal("a       ws-1            3       0.07     0.0158 USD  never         nothing", lines[5]);
        Assert.Equal("c       ws-1            1       0.02     0.0040 USD  never         nothing", lines[6]);
        Assert.Equal("b       ws-1            1       0.02     0.0040 USD  now           query×1", lines[7]);
    }

    [Fact]
    public void The_order_of_the_files_does_not_matter_to_the_byte()
    {
        Save("/one.state", 1, ("a", 1UL));
        Save("/two.state", 2, ("b", 1UL));
        Run("merge", "/one.state", "/two.state", "--output", "/x.state");
        Run("merge", "/two.state", "/one.state", "/x.state", "--output", "/y.state");

        Assert.Equal(AtomicFile.TryRead(_disk, "/x.state", 1 << 20), AtomicFile.TryRead(_disk, "/y.state", 1 << 20));
    }

    [Fact]
    public void Drop_rules_are_printed_with_what_they_save()
    {
        Save("/one.state", 1, ("a.b", 1UL), ("c", 1UL));
        Read("/one.state", 1, "c");

        Assert.Equal(0, Run("report", "/one.state", "--drop-rules", "--workspace", "ws-1"));
        Assert.Equal(
            """
            # 1 metrics that nothing has read within 30d; watched for 1 min 0 s
            # Saves 0.0040 USD a month. Goes below the remote_write of ws-1.
            write_relabel_configs:
              - source_labels: [__name__]
                regex: 'a\.b'
                action: drop

            """.ReplaceLineEndings("\n"),
            _output.ToString());
    }

    [Theory]
    [InlineData("usage: got nothing, allowed: merge FILE… [--output FILE], report FILE…")]
    [InlineData("usage: got 'mrege', allowed: merge FILE…", "mrege")]
    [InlineData("FILE is missing: state files", "merge")]
    [InlineData("/none.state: there is no such file", "report", "/none.state")]
    [InlineData("/damaged.state: it does not begin as a usage state of this version does", "merge", "/damaged.state")]
    public void What_cannot_be_done_is_said(string problem, params string[] arguments)
    {
        using (IFile file = _disk.Create("/damaged.state"))
        {
            file.Write(0, "something else that is longer than a frame is"u8);
        }

        Assert.NotEqual(0, Run(arguments));
        Assert.Contains(problem, _error.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] arguments) => new UsageCommand(_disk, _output, _error, _time).Run(arguments);

    private void Save(string path, byte id, params ReadOnlySpan<(string, ulong)> written)
    {
        Observation observation = new(IdOf(id), NowMs());
        WorkspaceUsage workspace = observation.WorkspaceOf("ws-1")!;
        foreach ((string metric, ulong series) in written)
        {
            observation.WritesOf(workspace, System.Text.Encoding.UTF8.GetBytes(metric), NowMs())!.Add(observation.Period, 1, series, NowMs());
        }

        observation.Watch(60, NowMs(), TimeSpan.FromDays(1));
        Write(path, new UsageState(observation.Id, [observation]));
    }

    private void Read(string path, byte id, string metric)
    {
        UsageState state = UsageFile.Read(AtomicFile.TryRead(_disk, path, 1 << 20), new UsageBounds(), out _)!;
        Observation observation = Assert.Single(state.Observations);
        Assert.Equal(IdOf(id), observation.Id);
        observation.Read(observation.WorkspaceOf("ws-1")!, NameCondition.OfName(metric), ReaderKind.Query, NowMs());
        Write(path, state);
    }

    private void Write(string path, UsageState state)
    {
        ByteBuffer bytes = new();
        UsageFile.Write(bytes, state);
        AtomicFile.Write(_disk, path, bytes.Written);
    }

    private static Guid IdOf(byte id) => new(id, 0, 0, new byte[8]);

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
