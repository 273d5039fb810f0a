using AmpEdge.Hosting;
using AmpEdge.IngestServer.Tests.Tsdb;
using AmpEdge.IngestServer.Tests.Tsdb.Blocks;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tools;

public sealed class ToolCommandsTests
{
    private const string Imported = "/stores/ws-b";

    private static readonly string[] s_wholeStore = ["--storage.path", "/", "--workspace", "data"];

    private readonly FaultyFileSystem _files = new();
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(TestDatabase.StartMs));

    [Fact]
    public void What_only_the_log_has_is_dumped_and_the_folder_stays_as_it_was()
    {
        WriteLog();
        byte[] log = _files.Content(LogPath());
        byte[] torn = [.. log, 1, 2, 3];
        _files.SetContent(LogPath(), torn);

        (int exitCode, string output, string error) = Run("dump", TestDatabase.Folder);

        Assert.Equal(
            """
            {__name__="up", job="a\"b"} 1 1700000000000
            {__name__="up", job="a\"b"} NaN 1700000015000
            {__name__="up", job="a\"b"} 1e+06 1700007200000

            """,
            output);
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains(LogPath(), error, StringComparison.Ordinal);
        Assert.Equal(torn, _files.Content(LogPath()));
    }

    [Fact]
    public void A_dump_takes_the_samples_and_series_that_its_flags_name()
    {
        WriteLog();

        Assert.Equal(
            "{__name__=\"up\", job=\"a\\\"b\"} NaN 1700000015000\n",
            Run("dump", TestDatabase.Folder, "--min-time=1700000000001", "--max-time=1700000015000", "--match", "up").Output);
        Assert.Equal("", Run("dump", TestDatabase.Folder, "--match", "down").Output);
        Assert.Equal(ExitCode.Usage, Run("dump", TestDatabase.Folder, "--match", "{up").ExitCode);
        Assert.Equal(ExitCode.Usage, Run("dump", TestDatabase.Folder, "--min-time=2", "--max-time=1").ExitCode);
    }

    [Theory]
    [InlineData("export")]
    [InlineData("snapshot")]
    public void A_store_comes_out_as_blocks_and_goes_into_another_as_it_was(string command)
    {
        WriteLog();
        string before = Run("dump", TestDatabase.Folder).Output;

        (int exitCode, string output, string error) = Run([command, "--to", "/out", .. s_wholeStore]);
        Assert.True(exitCode == ExitCode.Success, error);
        // One block for each two hours that the log spans.
        Assert.EndsWith("2 blocks with 3 samples in /out\n", output, StringComparison.Ordinal);
        Assert.Equal(before, Run("dump", "/out").Output);

        Assert.Equal(ExitCode.Success, Import("/out").ExitCode);
        Assert.Equal(before, Run("dump", Imported).Output);
        Assert.EndsWith($"0 of 2 blocks imported into {Imported}\n", Import("/out").Output, StringComparison.Ordinal);
        using Database database = Database.Open(Imported, TestDatabase.Options, _files, _time, hashSeed: 1);
        using DatabaseQuerier querier = database.NewQuerier();
        Assert.Contains("1700000000000=3ff0000000000000 ", TestDatabase.Dump(querier, [], long.MinValue, long.MaxValue), StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_of_a_stretch_of_time_has_exactly_its_samples()
    {
        Gen gen = Gen.Create(41);
        TestBlock.Write(_files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(gen, 20));
        string[] store = ["--storage.path", "/", "--workspace", "blocks"];
        for (int attempt = 0; attempt < 10; attempt++)
        {
            long minTimeMs = TestBlock.StartMs + gen.Int(4_000_000);
            string[] times = [$"--min-time={minTimeMs}", $"--max-time={minTimeMs + gen.Int(4_000_000)}"];
            string target = $"/out{attempt}";

            Assert.Equal(ExitCode.Success, Run(["export", "--to", target, .. store, .. times]).ExitCode);

            string expected = Run(["dump", TestBlock.Folder, .. times]).Output;
            Assert.True(expected == (expected.Length == 0 ? "" : Run("dump", target).Output), gen.ToString());
            Assert.Equal(ExitCode.Success, expected.Length == 0 ? ExitCode.Success : Run("verify", target).ExitCode);
        }
    }

    [Fact]
    public void A_store_in_use_is_left_alone()
    {
        WriteLog();
        using TestDatabase open = new(_files, time: _time);

        foreach (string[] command in (string[][])[["dump", "/data"], ["verify", "/data"], ["export", "--to", "/out", .. s_wholeStore]])
        {
            (int exitCode, _, string error) = Run(command);
            Assert.Equal(ExitCode.Failure, exitCode);
            Assert.Contains("/data is in use by another process", error, StringComparison.Ordinal);
        }

        TestBlock.Write(_files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(Gen.Create(42), 3));
        Assert.Contains(
            "in use", Run(["import", "--from", TestBlock.Folder, .. s_wholeStore]).Error, StringComparison.Ordinal);
        Assert.False(BlockFiles.Exists(_files, TestDatabase.Folder, TestBlock.Name));
    }

    [Fact]
    public void A_flipped_byte_is_found_with_its_file_and_nothing_of_the_folder_is_imported()
    {
        Gen gen = Gen.Create(43);
        TestBlock.Write(_files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(gen, 5));
        Assert.Equal(ExitCode.Success, Run("verify", TestBlock.Folder).ExitCode);
        string path = Path.Combine(TestBlock.PathOf(TestBlock.Name), "chunks", "000001");
        byte[] content = _files.Content(path);
        content[^1] ^= 1;
        _files.SetContent(path, content);

        (int exitCode, string output, _) = Run("verify", TestBlock.Folder);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains($"block file {path} is corrupt at byte ", output, StringComparison.Ordinal);
        Assert.EndsWith(" problems\n", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, Import(TestBlock.Folder).ExitCode);
        Assert.Empty(_files.List(Imported));
    }

    [Fact]
    public void A_flipped_byte_in_the_log_is_found_with_its_file()
    {
        WriteLog();
        Assert.Equal(ExitCode.Success, Run("verify", TestDatabase.Folder).ExitCode);
        byte[] log = _files.Content(LogPath());
        log[20] ^= 1;
        _files.SetContent(LogPath(), log);

        (int exitCode, string output, _) = Run("verify", TestDatabase.Folder);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains(LogPath(), output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_cannot_be_opened_is_named_in_a_list()
    {
        TestBlock.Write(_files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(Gen.Create(44), 5));
        string index = Path.Combine(TestBlock.PathOf(TestBlock.Name), "index");
        _files.SetContent(index, [1, 2, 3]);

        (int exitCode, string output, string error) = Run("list", TestBlock.Folder);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.DoesNotContain(TestBlock.Name.ToString(), output, StringComparison.Ordinal);
        Assert.Contains($"bad block {TestBlock.Name}: block file {index}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_that_fails_leaves_no_half_of_a_block()
    {
        TestBlock.Write(_files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(Gen.Create(45), 5));
        _files.CapacityBytes = _files.UsedBytes + 100;

        Assert.Equal(ExitCode.Failure, Import(TestBlock.Folder).ExitCode);

        Assert.DoesNotContain(_files.List(Imported), static name => name != "lock");
        _files.CapacityBytes = long.MaxValue;
        Assert.Equal(ExitCode.Success, Import(TestBlock.Folder).ExitCode);
        Assert.Equal(Run("dump", TestBlock.Folder).Output, Run("dump", Imported).Output);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "there is no command 'lst'", "lst")]
    [InlineData(ExitCode.Usage, "DIR is missing", "list")]
    [InlineData(ExitCode.Usage, "unexpected argument 'b'", "list", "a", "b")]
    [InlineData(ExitCode.Failure, "there is nothing in /absent", "list", "/absent")]
    [InlineData(ExitCode.Failure, "has no block '01AAAAAAAAAAAAAAAAAAAAAAAA'", "analyze", "/data", "--block=01AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(ExitCode.Usage, "flag --from is missing", "import", "--workspace", "ws")]
    [InlineData(ExitCode.Usage, "flag --workspace is missing", "import", "--from", "/data")]
    [InlineData(ExitCode.Usage, "is not a workspace id", "import", "--from", "/data", "--workspace", "../etc")]
    [InlineData(ExitCode.Usage, "flag --to is missing", "export", "--workspace", "ws")]
    [InlineData(ExitCode.Usage, "is not an empty folder", "snapshot", "--to", "/data", "--workspace", "ws")]
    public void What_cannot_be_done_is_said(int expected, string said, params string[] command)
    {
        WriteLog();

        (int exitCode, _, string error) = Run(command);

        Assert.Equal(expected, exitCode);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    private void WriteLog()
    {
        using TestDatabase store = new(_files, time: _time);
        Labels labels = Labels.FromStrings("__name__", "up", "job", "a\"b");
        store.Append(labels, TestDatabase.StartMs, 1);
        store.Append(labels, TestDatabase.StartMs + 15_000, double.NaN);
        store.Append(labels, TestDatabase.StartMs + 7_200_000, 1e6);
    }

    private string LogPath() => Path.Combine(TestDatabase.Folder, "wal", _files.List(Path.Combine(TestDatabase.Folder, "wal"))[0]);

    private (int ExitCode, string Output, string Error) Import(string from) =>
        Run("import", "--from", from, "--storage.path", "/stores", "--workspace", "ws-b");

    private (int ExitCode, string Output, string Error) Run(params string[] command)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int exitCode = new ToolCommands(_files, _time).Run(command, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
