using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class RereadFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-reread-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<string> _failures = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_change_is_seen_a_second_later_and_what_cannot_be_used_leaves_the_last_value()
    {
        string file = Write("one");
        RereadFiles<string> files = Open(file);

        Assert.Equal("one", files.Current);
        Write("two");
        Assert.Equal("one", files.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", files.Current);

        Write("bad");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", files.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", files.Current);
        Assert.Equal(["bad"], _failures);

        Write("three");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("three", files.Current);
    }

    [Fact]
    public void A_link_that_leads_elsewhere_is_a_change()
    {
        string first = Path.Combine(_folder, "first");
        string second = Path.Combine(_folder, "second");
        string link = Path.Combine(_folder, "link");
        File.WriteAllText(first, "one");
        File.WriteAllText(second, "two");
        File.CreateSymbolicLink(link, first);
        RereadFiles<string> files = Open(link);
        File.Delete(link);
        File.CreateSymbolicLink(link, second);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("two", files.Current);
    }

    [Fact]
    public void The_first_value_must_be_there()
    {
        Assert.Throws<FileNotFoundException>(() => Open(Path.Combine(_folder, "missing")));
    }

    private RereadFiles<string> Open(string file) => new(
        [file],
        () => File.ReadAllText(file) is not "bad" and { } text ? text : throw new FormatException("bad"),
        error => _failures.Add(error.Message),
        _time);

    private string Write(string content)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, content);
        return file;
    }
}
