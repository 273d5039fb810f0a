using AmpEdge.Hosting;
using AmpEdge.IngestServer.Tests.Tsdb;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tools;

public sealed class EncryptedStoreToolsTests : IDisposable
{
    private static readonly byte[] s_master = [.. new byte[31], 7];
    private static readonly Labels s_up = Labels.FromStrings("__name__", "up");

    private readonly FaultyFileSystem _files = new();
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(TestDatabase.StartMs));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ampedge-tools-");
    private readonly string[] _key;

    public EncryptedStoreToolsTests()
    {
        string path = Path.Combine(_folder.FullName, "master.key");
        File.WriteAllBytes(path, s_master);
        _key = ["--storage.master-key-file", path];
        using TestDatabase store = new(_files, Options(), _time);
        for (int minute = 0; minute < 300; minute++)
        {
            store.Append(s_up, TestDatabase.StartMs + (minute * 60_000), minute);
        }

        store.Database.Maintain();
        store.Database.Snapshot("kept", withHead: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("list")]
    [InlineData("analyze")]
    [InlineData("dump")]
    [InlineData("verify")]
    public void An_encrypted_store_is_shown_with_its_master_key_and_named_without(string command)
    {
        string[] before = Everything();
        (int exitCode, string output, string error) = Run([command, TestDatabase.Folder, .. _key]);
        Assert.True(exitCode == ExitCode.Success, error);
        Assert.Contains(
            command switch { "list" => "NUM SAMPLES", "analyze" => "Series: 1", "dump" => "{__name__=\"up\"} 299 ", _ => "all whole" },
            output,
            StringComparison.Ordinal);

        (exitCode, _, error) = Run([command, TestDatabase.Folder]);
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("is encrypted, and no key was given", error, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public void A_copy_under_another_name_and_a_snapshot_open_with_the_same_key()
    {
        string before = Run(["dump", TestDatabase.Folder, .. _key]).Output;
        Assert.Equal(before, Run(["dump", TestDatabase.Folder + "/snapshots/kept", .. _key]).Output);
        _files.Rename(TestDatabase.Folder, "/copy");

        Assert.Contains("key of another database", Run(["dump", "/copy", .. _key]).Error, StringComparison.Ordinal);
        Assert.Equal(before, Run(["dump", "/copy", "--workspace", "data", .. _key]).Output);
    }

    [Fact]
    public void A_plain_store_is_read_with_a_master_key_too_and_gets_none()
    {
        using (TestDatabase plain = new(time: _time))
        {
            plain.Append(s_up, TestDatabase.StartMs, 1);
            plain.Dispose();
            (int exitCode, string output, string error) = RunOn(plain.Files, ["dump", TestDatabase.Folder, .. _key]);
            Assert.True(exitCode == ExitCode.Success, error);
            Assert.Contains("up", output, StringComparison.Ordinal);
            Assert.False(plain.Files.FileExists(TestDatabase.Folder + "/key"));
        }
    }

    [Fact]
    public void A_deleted_workspace_cannot_be_read_from_a_copy_even_with_the_master_key()
    {
        string[] delete = ["delete-workspace", "--storage.path", "/", "--workspace", "data"];
        Assert.Contains("flag --yes is missing", Run(delete).Error, StringComparison.Ordinal);
        using (TestDatabase open = new(_files, Options(), _time))
        {
            Assert.Contains("in use by another process", Run([.. delete, "--yes"]).Error, StringComparison.Ordinal);
        }

        // Hard links, as a backup of the disk would have them: everything of the folder, and of the key's file what it holds now.
        foreach (string path in Everything())
        {
            _files.Link(path, "/backup" + path);
        }

        (int exitCode, string output, string error) = Run([.. delete, "--yes"]);
        Assert.True(exitCode == ExitCode.Success, error);
        Assert.Contains("its key was destroyed first", output, StringComparison.Ordinal);
        Assert.Empty(_files.List(TestDatabase.Folder));
        Assert.DoesNotContain(_files.List("/"), static name => name.StartsWith("data", StringComparison.Ordinal));

        const string Copy = "/backup" + TestDatabase.Folder;
        (exitCode, output, error) = Run(["dump", Copy, "--workspace", "data", .. _key]);
        Assert.Equal((ExitCode.Failure, ""), (exitCode, output));
        Assert.Contains("without it the data cannot be read", error, StringComparison.Ordinal);
        _files.Delete(Copy + "/key");
        (exitCode, output, _) = Run(["dump", Copy, "--workspace", "data", .. _key]);
        Assert.Equal((ExitCode.Failure, ""), (exitCode, output));
        Assert.Throws<AmpEdge.Wal.SegmentKeyException>(() => Database.Open(Copy, Options(), _files, _time, hashSeed: 1));
    }

    [Fact]
    public void A_deletion_that_the_disk_cuts_short_leaves_no_key_and_can_be_said_again()
    {
        string[] delete = ["delete-workspace", "--storage.path", "/", "--workspace", "data", "--yes"];
        _files.FaultAt = _files.Operations + 8;
        _files.Fault = DiskFault.HalfDone;
        Assert.Equal(ExitCode.Failure, Run(delete).ExitCode);
        Assert.Contains("DeleteFolder of /data.tmp-for-deletion", _files.Met, StringComparison.Ordinal);
        Assert.False(_files.FileExists(TestDatabase.Folder + "/key"));

        Run(delete);
        Assert.DoesNotContain(_files.List("/"), static name => name.StartsWith("data", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "tsdb", "list", "x")]
    [InlineData(true, "import", "--from", "x")]
    [InlineData(true, "export")]
    [InlineData(false, "list", "x")]
    [InlineData(false, "--config.file=x")]
    [InlineData(false)]
    public void Import_and_export_go_without_the_word(bool isCommand, params string[] args)
    {
        Assert.Equal(isCommand, ToolCommands.TryFind(args, out string[]? command));
        Assert.NotEqual("tsdb", command is [string first, ..] ? first : "");
    }

    private static DatabaseOptions Options() =>
        TestDatabase.Options with { Encryption = new DatabaseEncryption("data", [new LocalMasterKey(s_master)]) };

    private string[] Everything()
    {
        List<string> paths = [];
        Walk(TestDatabase.Folder);
        paths.Sort(StringComparer.Ordinal);
        return [.. paths];

        void Walk(string folder)
        {
            foreach (string name in _files.List(folder))
            {
                string path = $"{folder}/{name}";
                if (_files.FileExists(path))
                {
                    paths.Add(path);
                }
                else
                {
                    Walk(path);
                }
            }
        }
    }

    private (int ExitCode, string Output, string Error) Run(params string[] command) => RunOn(_files, command);

    private (int ExitCode, string Output, string Error) RunOn(FaultyFileSystem files, params string[] command)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int exitCode = new ToolCommands(files, _time).Run(command, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
