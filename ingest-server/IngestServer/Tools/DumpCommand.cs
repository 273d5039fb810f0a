using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>
/// Prints every sample of a stopped store, of blocks and log together, in the lines of <c>promtool tsdb dump</c>.
/// </summary>
internal sealed class DumpCommand : ToolCommand
{
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly FolderFlags _folder;
    private readonly TimeFlags _times;
    private readonly Flag<string> _match;

    public DumpCommand(IFileSystem files, TimeProvider time)
        : base("dump", "Prints every sample of a stopped store, of its blocks and its log.")
    {
        _files = files;
        _time = time;
        _folder = new FolderFlags(CommandLine, files);
        FlagGroup what = CommandLine.Group("Samples");
        _times = new TimeFlags(what);
        _match = what.Text("match", "", "The series wanted; without it all.", "SELECTOR");
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        if (_times.FindProblem() is { } problem)
        {
            return Refuse(error, problem);
        }

        IReadOnlyList<Matcher>? matchers = [];
        if (_match.Value.Length > 0
            && (matchers = PromQLParser.ParseMetricSelector(_match.Value, out string? parseError)) is null)
        {
            return Refuse(error, $"flag --match: {parseError} (got '{_match.Value}', allowed: a series selector)");
        }

        using StoppedDatabase database = StoppedDatabase.Open(
            _files, _folder.Path, _time, hashSeed: null, _folder.ReadEncryption());
        Write(database, matchers, output);
        foreach (string damage in database.Replay.Damages)
        {
            error.WriteLine(damage);
        }

        ForeignLog.Note(_files, _folder.Path, error);
        int exitCode = BadBlocks.Report(database.SetAside, error);
        return database.Replay.Damages.Count == 0 ? exitCode : ExitCode.Failure;
    }

    private void Write(StoppedDatabase database, IReadOnlyList<Matcher> matchers, TextWriter output)
    {
        using DatabaseQuerier querier = database.NewQuerier();
        SelectedSeries series = querier.Select(matchers, _times.Times.MinTimeMs, _times.Times.MaxTimeMs);
        DumpSink sink = new(output);
        while (series.MoveNext())
        {
            sink.Labels = LabelsFormatter.FormatAsPairs(series.Labels);
            series.Decode(ref sink);
        }
    }
}
