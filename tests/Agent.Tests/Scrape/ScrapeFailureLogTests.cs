using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class ScrapeFailureLogTests
{
    private static readonly Uri s_target = new("http://host:9100/metrics");

    private readonly ManualTime _time = new();

    [Fact]
    public void Each_failure_is_a_line_of_json_in_the_file_of_its_path()
    {
        List<MemoryStream> files = [];
        using ScrapeFailureLogs logs = new(_ => Opened(files), _time);
        Assert.Same(logs.For("f.log"), logs.For("f.log"));
        Assert.Null(logs.For(""));

        Assert.Null(logs.For("f.log")!.Write("node", s_target, "context deadline exceeded \"x\""));
        Assert.Null(logs.For("f.log")!.Write("node", s_target, "again"));

        string[] lines = Encoding.UTF8.GetString(Assert.Single(files).ToArray()).Split('\n');
        Assert.Equal(3, lines.Length);
        using JsonDocument line = JsonDocument.Parse(lines[0]);
        Assert.Equal("context deadline exceeded \"x\"", line.RootElement.GetProperty("msg").GetString());
        Assert.Equal("node", line.RootElement.GetProperty("job_name").GetString());
        Assert.Equal(s_target.AbsoluteUri, line.RootElement.GetProperty("target").GetString());
    }

    [Fact]
    public void A_reload_opens_the_file_anew()
    {
        List<MemoryStream> files = [];
        using ScrapeFailureLogs logs = new(_ => Opened(files), _time);
        logs.For("f.log")!.Write("node", s_target, "one");
        logs.Reopen();
        logs.For("f.log")!.Write("node", s_target, "two");

        Assert.Equal(2, files.Count);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_once_until_a_reload()
    {
        using ScrapeFailureLogs logs = new(static path => throw new IOException($"no place for {path}"), _time);

        Assert.Equal("no place for f.log", logs.For("f.log")!.Write("node", s_target, "one"));
        Assert.Null(logs.For("f.log")!.Write("node", s_target, "two"));
        logs.Reopen();
        Assert.Equal("no place for f.log", logs.For("f.log")!.Write("node", s_target, "three"));
    }

    [Fact]
    public void A_path_that_a_reload_names_no_more_is_closed_for_good()
    {
        List<MemoryStream> files = [];
        using ScrapeFailureLogs logs = new(_ => Opened(files), _time);
        ScrapeFailureLog gone = logs.For("gone.log")!;
        gone.Write("node", s_target, "one");
        logs.For("kept.log")!.Write("node", s_target, "one");

        logs.Reopen();
        logs.For("kept.log")!.Write("node", s_target, "two");
        logs.CloseOthers();
        gone.Write("node", s_target, "late");

        Assert.Equal([false, false, true], files.ConvertAll(static file => file.CanWrite));
        Assert.NotSame(gone, logs.For("gone.log"));
    }

    private static MemoryStream Opened(List<MemoryStream> files)
    {
        MemoryStream file = new();
        files.Add(file);
        return file;
    }
}
