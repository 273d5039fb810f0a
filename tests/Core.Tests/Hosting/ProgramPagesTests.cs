using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting;

public sealed class ProgramPagesTests
{
    private const string Sizes = "\nSize:  8 kB\nRss:  4 kB\nPss:  2 kB\nAnonymous:  0 kB\nVmFlags: rd mr mw me sd";

    [Fact]
    public void A_stretch_is_told_with_its_sizes()
    {
        MappedFile file = Assert.Single(Parse(
            "7f00aa000000-7f00aa002000 r-xp 00001000 fe:00 131087                     /opt/amp edge/ampedge-agent.dll\n"
            + "Size:                  8 kB\nRss:                   8 kB\nAnonymous:             4 kB"));

        Assert.Equal(
            new MappedFile(0x7f00aa000000, 0x7f00aa002000, "r-xp", "/opt/amp edge/ampedge-agent.dll", ResidentBytes: 8192, ChangedBytes: 4096),
            file);
    }

    [Theory]
    [InlineData("10-20 r-xp 0 fe:00 7 /bin/agent" + Sizes, true)]
    [InlineData("10-20 r--p 0 fe:00 7 /bin/agent" + Sizes, true)]
    [InlineData("10-20 r--s 0 fe:00 7 /bin/agent" + Sizes, true)]
    [InlineData("10-20 rw-p 0 fe:00 7 /bin/agent" + Sizes, false)]
    [InlineData("10-20 rwxp 0 fe:00 7 /bin/agent" + Sizes, false)]
    [InlineData("10-20 r-xp 0 00:00 0" + Sizes, false)]
    [InlineData("10-20 r-xp 0 00:00 0 [vdso]" + Sizes, false)]
    [InlineData("10-20 r-xp 0 00:01 9 /memfd:doublemapper (deleted)" + Sizes, false)]
    [InlineData("10-20 r-xp 0 fe:00 7 /bin/agent\nRss: 4 kB\nAnonymous: 4 kB", false)]
    [InlineData("10-20 r-xp 0 fe:00 7 /bin/agent\nRss: 4 kB", false)]
    [InlineData("10-20 r-xp 0 fe:00 7 /bin/agent\nRss: 0 kB\nAnonymous: 0 kB", false)]
    public void Only_what_nobody_can_have_changed_is_as_on_the_disk(string text, bool isAsOnDisk) =>
        Assert.Equal(isAsOnDisk, Assert.Single(Parse(text)).IsAsOnDisk);

    [Fact]
    public void Each_stretch_has_its_own_sizes()
    {
        List<MappedFile> files = Parse($"10-20 r-xp 0 fe:00 7 /a{Sizes}\n20-30 r--p 0 fe:00 7 /b\nRss: 0 kB\nAnonymous: 0 kB\n30-40 rw-p 0 00:00 0 {Sizes}");

        Assert.Equal([("/a", 4096L), ("/b", 0L), ("", 4096L)], files.ConvertAll(static file => (file.Path, file.ResidentBytes)));
    }

    [Fact]
    public void The_program_goes_on_without_them()
    {
        if (!OperatingSystem.IsLinux())
        {
            Oracle.Absent("only Linux tells a process what it has mapped");
        }

        Assert.True(ProgramPages.LetGo() > 1 << 20);
        Assert.NotEmpty(Parse(File.ReadAllText("/proc/self/smaps")));
    }

    private static List<MappedFile> Parse(string text) => [.. MappedFile.Parse(text.Split('\n'))];
}
