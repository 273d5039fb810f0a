using System.Globalization;
using System.IO.Compression;
using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape.Plain;

/// <summary>Pages fetched on the scrape thread, over loopback, beside the general client.</summary>
public sealed class PlainFetchTests : IAsyncDisposable
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n";
    private const string Page = "a 1\nb 2\n";

    private readonly ScrapeThread _thread = new(TimeProvider.System);
    private readonly HttpMessageInvoker _client = new(HttpHandlerBuilder.Build(new HttpClientConfig(), TimeProvider.System));
    private readonly MemoryStream _page = new();
    private RawAnswers? _server;

    public async ValueTask DisposeAsync()
    {
        _thread.Dispose();
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("localhost", 1)]
    public async Task A_target_is_asked_over_one_connection_that_nobody_else_watches(string host, int connections)
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of($"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}"), host);
        await FetchAsync(fetcher);

        // The first page may be long and is read elsewhere: its connection is not kept.
        int before = _server!.Connections;
        for (int scrape = 0; scrape < 5; scrape++)
        {
            Assert.Null((await FetchAsync(fetcher)).Problem);
            Assert.Equal(Page, PageText());
        }

        Assert.Equal(connections, _server.Connections - before);
        string request = _server.LastRequest;
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"GET /metrics?x=%2F HTTP/1.1\r\nHost: {host}:{_server.Port}\r\nAccept: "), request,
            StringComparison.Ordinal);
        await fetcher.FetchAsideAsync(TakeAll, TestContext.Current.CancellationToken);
        Assert.Equal(Fields(_server.LastRequest), Fields(request));
    }

    [Theory]
    [InlineData("Content-Length: 8\r\n\r\na 1\nb 2\n", false)]
    [InlineData("Content-Length: 8\r\nConnection: close\r\n\r\na 1\nb 2\n", true)]
    [InlineData("\r\na 1\nb 2\n", true)]
    [InlineData("\r\na 1\nb 2", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\na 1\nb 2\n\r\n0\r\n\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3;x=y\r\na 1\r\n00005 \r\n\nb 2\n\r\n0\r\nX-Trailer: z\r\n\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false)]
    [InlineData("Content-Length: 0\r\n\r\n", false)]
    [InlineData("Content-Length: 8\r\n\na 1\nb 2\n", false)]
    [InlineData("Content-Length: 8\n\na 1\nb 2\n", true)]
    [InlineData("\na 1\nb 2\n", true)]
    [InlineData("Content-Type: b/c\r\nContent-Length: 8\r\n\r\na 1\nb 2\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 8\r\n\r\n8\r\na 1\nb 2\n\r\n0\r\n\r\n", false)]
    public async Task Pages_are_those_that_the_general_client_reads(string rest, bool closes) =>
        await AssertAsGeneralAsync(_ => RawAnswer.Of(Head + rest, closes));

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\noh\n")]
    [InlineData("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\na 1\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na 1\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\na 1\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\na 1\n")]
    public async Task Other_answers_are_read_as_the_general_client_reads_them(string answer) =>
        await AssertAsGeneralAsync(_ => RawAnswer.Of(answer, closes: true));

    [Fact]
    public async Task A_redirect_is_followed_and_the_target_left_to_the_general_client()
    {
        using TargetFetcher fetcher = Create(static request => request % 2 == 0 && request < 4
            ? RawAnswer.Of("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
            : RawAnswer.Of($"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}"));

        // Asked by one client, then by the other, which is sent on: 0 is the redirect, 1 an answer, 2 the redirect again.
        Assert.Null((await FetchAsync(fetcher)).Problem);
        Assert.Null((await FetchAsync(fetcher)).Problem);
        Assert.Equal(Page, PageText());
        Assert.Contains("GET /other", _server!.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 9\r\n\r\na 1\nb 2\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\na 1\nb 2\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\na 1\nb 2\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7\r\na 1\nb 2\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nx\r\na 1\nb 2\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-8\r\na 1\nb 2\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na 1\nb 2\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\na 1\nb 2\n\r\n0\r\nX: y\r\n")]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\na 1\nb 2\n")]
    public async Task A_body_that_does_not_end_as_told_fails_the_page(string rest)
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of(Head + rest, closes: true));
        for (int scrape = 0; scrape < 2; scrape++)
        {
            FetchResult result = await FetchAsync(fetcher);
            Assert.StartsWith($"Get \"http://127.0.0.1:{_server!.Port}/metrics?x=%2F\": ", result.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bytes_that_nobody_asked_for_end_the_connection()
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of($"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}HTTP/1.1 200 OK\r\n\r\nx 1\n"));
        for (int scrape = 0; scrape < 4; scrape++)
        {
            Assert.Null((await FetchAsync(fetcher)).Problem);
            Assert.Equal(Page, PageText());
        }

        Assert.Equal(4, _server!.Connections);
    }

    [Fact]
    public async Task A_packed_page_in_chunks_leaves_the_connection_to_the_next()
    {
        byte[] packed = Packed(Encoding.ASCII.GetBytes(Page));
        using TargetFetcher fetcher = Create(_ => new RawAnswer(
            [
                Encoding.ASCII.GetBytes($"{Head}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{packed.Length:x}\r\n"),
                packed,
                "\r\n0\r\n\r\n"u8.ToArray(),
            ],
            Closes: false));
        await FetchAsync(fetcher);
        int before = _server!.Connections;
        for (int scrape = 0; scrape < 5; scrape++)
        {
            Assert.Null((await FetchAsync(fetcher)).Problem);
            Assert.Equal(Page, PageText());
        }

        Assert.Equal(1, _server.Connections - before);
    }

    [Fact]
    public async Task Connections_that_the_thread_cannot_wait_for_are_kept_once_that_has_happened_again_and_again()
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of($"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}"));
        for (int scrape = 0; scrape < 8; scrape++)
        {
            // Not on the thread: somebody else has to wait.
            Assert.Null((await fetcher.FetchAsync(TakeAll, TestContext.Current.CancellationToken)).Problem);
        }

        Assert.Equal(3, _server!.Connections);
    }

    [Fact]
    public async Task A_connection_that_was_closed_meanwhile_is_opened_again()
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of($"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}", closes: true));
        for (int scrape = 0; scrape < 10; scrape++)
        {
            Assert.Null((await FetchAsync(fetcher)).Problem);
            Assert.Equal(Page, PageText());
        }
    }

    [Fact]
    public async Task A_target_that_is_not_there_says_so_as_the_general_client_does()
    {
        using TargetFetcher fetcher = Create(_ => RawAnswer.Of(""));
        await _server!.DisposeAsync();
        _server = null;
        FetchResult plain = await FetchAsync(fetcher);
        FetchResult general = await fetcher.FetchAsideAsync(TakeAll, TestContext.Current.CancellationToken);
        Assert.Equal(general.Problem, plain.Problem);
        Assert.Contains("Connection refused", plain.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_says_nothing_is_given_up_in_time()
    {
        using TargetFetcher fetcher = Create(
            static request => RawAnswer.Of(request == 0 ? $"{Head}Content-Length: {Page.Length}\r\n\r\n{Page}" : Head),
            timeout: TimeSpan.FromMilliseconds(200));
        Assert.Null((await FetchAsync(fetcher)).Problem);
        FetchResult silent = await FetchAsync(fetcher);
        Assert.EndsWith("context deadline exceeded", silent.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_the_framing_and_the_pieces_the_page_is_the_same()
    {
        Gen gen = Gen.Create(20261124);
        byte[] page = [];
        bool closes = false;
        using TargetFetcher fetcher = Create(_ =>
        {
            page = Encoding.ASCII.GetBytes(gen.Text("abcdefgh 0123456789\n", gen.OneIn(4) ? 400_000 : 3000));
            closes = gen.OneIn(3);
            return RawAnswer.Cut(Answer(page, gen, closes), gen, closes);
        });
        for (int scrape = 0; scrape < 150; scrape++)
        {
            FetchResult result = await FetchAsync(fetcher);
            byte[] expected = page.Length > 0 && page[^1] != '\n' ? [.. page, (byte)'\n'] : page;
            Assert.True(result.Problem is null && result.BodyBytes == page.Length, $"scrape {scrape}: {result.Problem}, {gen}");
            Assert.True(expected.AsSpan().SequenceEqual(_page.ToArray()), $"scrape {scrape}: another page, {gen}");
        }
    }

    [Fact]
    public async Task Damaged_answers_end_and_are_read_or_refused()
    {
        Gen gen = Gen.Create(20261125);
        using TargetFetcher fetcher = Create(_ => RawAnswer.Cut(
            gen.Mutate(Answer(Encoding.ASCII.GetBytes(Page), gen, closes: true)), gen, closes: true));
        for (int scrape = 0; scrape < 300; scrape++)
        {
            await FetchAsync(fetcher);
        }

        Assert.InRange(_server!.Requests, 300, 700);
    }

    private static byte[] Answer(byte[] page, Gen gen, bool closes)
    {
        bool isPacked = gen.OneIn(3);
        byte[] content = isPacked ? Packed(page) : page;
        string head = Head + (isPacked ? "Content-Encoding: gzip\r\n" : "") + (closes ? "Connection: close\r\n" : "");
        if (closes && gen.Bool())
        {
            return [.. Encoding.ASCII.GetBytes(head + "\r\n"), .. content];
        }

        if (gen.Bool())
        {
            return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}Content-Length: {content.Length}\r\n\r\n")), .. content];
        }

        List<byte> chunked = [.. Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n")];
        for (int at = 0; at < content.Length;)
        {
            int length = Math.Min(content.Length - at, gen.Int(1, 9000));
            chunked.AddRange(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length:x}\r\n")));
            chunked.AddRange(content.AsSpan(at, length));
            chunked.AddRange("\r\n"u8);
            at += length;
        }

        chunked.AddRange("0\r\n\r\n"u8);
        return [.. chunked];
    }

    private static byte[] Packed(byte[] page)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(page);
        }

        return packed.ToArray();
    }

    private static string[] Fields(string request)
    {
        string[] fields = request.Split("\r\n")[1..];
        Array.Sort(fields, StringComparer.Ordinal);
        return fields;
    }

    private TargetFetcher Create(Func<int, RawAnswer> answer, string host = "127.0.0.1", TimeSpan? timeout = null)
    {
        _server = new RawAnswers(answer);
        FetchOptions options = ScrapeJobs.Create().Fetch with { IsPlain = true };
        return new TargetFetcher(
            _client, new Uri($"http://{host}:{_server.Port}/metrics?x=%2F"), timeout ?? TimeSpan.FromSeconds(20), options, _thread, _thread);
    }

    private async Task AssertAsGeneralAsync(Func<int, RawAnswer> answer)
    {
        using TargetFetcher fetcher = Create(answer);
        FetchResult general = await fetcher.FetchAsideAsync(TakeAll, TestContext.Current.CancellationToken);
        string expected = PageText();
        for (int scrape = 0; scrape < 3; scrape++)
        {
            Assert.Equal(general, await FetchAsync(fetcher));
            Assert.Equal(expected, PageText());
        }
    }

    /// <summary>Fetches as a scrape does: beginning on the thread.</summary>
    private Task<FetchResult> FetchAsync(TargetFetcher fetcher) => Task.Run(async () =>
    {
        await _thread.ContinueHereAsync(TestContext.Current.CancellationToken);
        _page.SetLength(0);
        return await fetcher.FetchAsync(TakeAll, TestContext.Current.CancellationToken);
    });

    private bool TakeAll(TargetPage page)
    {
        _page.Write(page.Part);
        page.Discard(page.Part.Length);
        return true;
    }

    private string PageText() => Encoding.Latin1.GetString(_page.ToArray());
}
