using System.Buffers;
using System.IO.Compression;
using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>
/// What targets may answer that nobody wants: the scrape fails or goes on, and the memory stays. Alone, because what is
/// allocated is counted over the whole process.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class LongAndBadPagesTests
{
    private readonly RecordingStore _store = new();
    private readonly ManualTime _time = new();
    private Target? _target;

    [Fact]
    public async Task A_page_of_two_hundred_megabytes_needs_no_memory_of_that_size()
    {
        byte[] line = Encoding.UTF8.GetBytes($"long{{n=\"000000\",v=\"{new string('v', 8000)}\"}} 1\n");
        using HttpMessageInvoker client = GeneratedPage.Client(() => new GeneratedPage(
            200_000_000, block =>
            {
                _ = System.Buffers.Text.Utf8Formatter.TryFormat(block, line.AsSpan(8), out _, new StandardFormat('D', 6));
                return line;
            }));
        RelabelRule drop = RelabelRule.Compile(new RelabelConfig { Action = RelabelAction.Drop });
        ScrapeJob job = ScrapeJobs.Create() with { MetricRelabelRules = [drop] };

        long before = GC.GetTotalAllocatedBytes();
        await ScrapeAsync(job, client);
        long allocated = GC.GetTotalAllocatedBytes() - before;

        Assert.Equal("", _target!.Status.LastError);
        Assert.True(_target.Status.LastSamples > 20_000, $"{_target.Status.LastSamples} samples");
        Assert.True(allocated < 40_000_000, $"{allocated} bytes were allocated");
    }

    [Fact]
    public async Task A_page_that_unpacks_to_more_than_the_limit_is_given_up()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int block = 0; block < 64; block++)
            {
                gzip.Write(zeros);
            }
        }

        byte[] bomb = packed.ToArray();
        using HttpMessageInvoker client = GeneratedPage.Client(() => new MemoryStream(bomb), "gzip");
        ScrapeJob job = ScrapeJobs.Create();
        await ScrapeAsync(job with { Fetch = job.Fetch with { BodySizeLimit = 1_000_000 } }, client);

        Assert.Equal("body size limit exceeded", _target!.Status.LastError);
    }

    [Fact]
    public async Task A_packed_page_that_is_cut_off_stores_nothing()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int line = 0; line < 10_000; line++)
            {
                gzip.Write(Encoding.UTF8.GetBytes($"metric_{line * 7919} {line}\n"));
            }
        }

        byte[] cut = packed.ToArray()[..(int)(packed.Length / 2)];
        using HttpMessageInvoker client = GeneratedPage.Client(() => new MemoryStream(cut), "gzip");
        await ScrapeAsync(ScrapeJobs.Create(), client);

        Assert.Equal(TargetHealth.Down, _target!.Status.Health);
        Assert.DoesNotContain(_store.Scrapes[0], static sample => sample.Name.StartsWith("metric_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_without_an_end_is_given_up()
    {
        byte[] block = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
        using HttpMessageInvoker client = GeneratedPage.Client(() => new GeneratedPage(long.MaxValue, _ => block));
        await ScrapeAsync(ScrapeJobs.Create(), client);

        Assert.Equal($"a line or message of the page is longer than {PageWindow.LongestLineBytes} bytes", _target!.Status.LastError);
    }

    [Fact]
    public async Task A_series_of_a_hundred_thousand_labels_fails_the_scrape_at_once()
    {
        StringBuilder page = new("a{");
        for (int label = 0; label < 100_000; label++)
        {
            page.Append('l').Append(label).Append("=\"1\",");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(page.Append("} 1\n").ToString());
        using HttpMessageInvoker client = GeneratedPage.Client(() => new MemoryStream(bytes));
        await ScrapeAsync(ScrapeJobs.Create(), client);

        Assert.StartsWith("a series has 100000 labels", _target!.Status.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\na 1\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n400\r\na 1\n")]
    [InlineData("\r\n\0\u0001 garbage {{{")]
    public async Task A_body_that_is_not_what_its_header_says_stores_nothing(string rest)
    {
        await using ScriptedHttpServer server = new(ScriptedResponse.Raw(
            Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n" + rest)));
        using HttpMessageInvoker client = ScrapeJobs.Create().CreateClient();
        await ScrapeAsync(ScrapeJobs.Create(), client, server.Address);

        Assert.Equal(TargetHealth.Down, _target!.Status.Health);
        Assert.DoesNotContain(_store.Scrapes[0], static sample => sample.Name == "a");
    }

    [Fact]
    public async Task A_failed_page_of_many_lines_leaves_nothing_behind()
    {
        bool isBad = false;
        using HttpMessageInvoker client = GeneratedPage.Client(() => isBad
            ? new GeneratedPage(3_000_000, static block => Encoding.UTF8.GetBytes(block < 100_000 ? $"bad_{block} 1\n" : "{{{\n"))
            : new MemoryStream("a 1\n"u8.ToArray()));
        using ScrapeLoop loop = Loop(ScrapeJobs.Create(), client, "host:1");
        await loop.ScrapeOnceAsync(_time.GetUtcNow(), TestContext.Current.CancellationToken);
        int before = _store.LiveSeries;
        isBad = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        await loop.ScrapeOnceAsync(_time.GetUtcNow(), TestContext.Current.CancellationToken);

        Assert.Equal(TargetHealth.Down, _target!.Status.Health);
        Assert.Equal(before, _store.LiveSeries);
    }

    private async Task ScrapeAsync(ScrapeJob job, HttpMessageInvoker client, string address = "host:1")
    {
        using ScrapeLoop loop = Loop(job, client, address);
        await loop.ScrapeOnceAsync(_time.GetUtcNow(), TestContext.Current.CancellationToken);
    }

    private ScrapeLoop Loop(ScrapeJob job, HttpMessageInvoker client, string address)
    {
        _target = TargetLabels.Make(
            job, Labels.FromStrings("__address__", address), Labels.Empty, new LabelsBuilder(), out _, out string? problem);
        Assert.Null(problem);
        return ScrapeJobs.Loop(job, _target!, client, _store, _time, TimeSpan.FromMinutes(5));
    }
}
