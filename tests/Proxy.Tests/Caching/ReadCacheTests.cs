using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Caching;

public sealed class ReadCacheTests : IDisposable
{
    private const string Form = "application/x-www-form-urlencoded";

    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _left = new();

    /// <summary>How often the upstream was asked.</summary>
    private int _asked;

    /// <summary>How often it was not, since the answer was there.</summary>
    private int _spared;

    /// <summary>What the upstream answers; by default its count of requests.</summary>
    private Func<HttpContext, int, Task> _answer = (context, count) => context.Response.WriteAsync($"answer {count}");

    public void Dispose() => _left.Dispose();

    [Theory]
    [InlineData("GET /api/v1/query?query=up&time=1", "GET /api/v1/query?time=1&query=up")]
    [InlineData("GET /api/v1/query?query=up%20&time=1", "GET /api/v1/query?query=up+&time=1")]
    [InlineData("GET /api/v1/query?query=up", "POST /api/v1/query query=up")]
    [InlineData("POST /api/v1/query?query=up", "POST /api/v1/query query=up")]
    [InlineData("GET /api/v1/query_range?query=up&start=1&end=2&step=60", "POST /api/v1/query_range?step=60 end=2&start=1&query=%75p")]
    [InlineData("GET /api/v1/series?match[]=a&match[]=b", "GET /api/v1/series?match%5B%5D=a&match%5B%5D=b")]
    [InlineData("GET /api/v1/label/job/values", "GET /api/v1/label/job/values")]
    [InlineData("GET /x/api/v1/metadata", "GET /x/api/v1/metadata")]
    public async Task Equal_reads_are_asked_once_however_they_are_written(string first, string second)
    {
        ReadCache cache = Cache();

        Assert.Equal("answer 1", (await AskAsync(cache, first)).Body);
        (string body, HttpResponse response) = await AskAsync(cache, second);
        Assert.Equal("answer 1", body);
        Assert.Equal("0", response.Headers.Age);
        Assert.Equal(8, response.ContentLength);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("7", (await AskAsync(cache, first)).Response.Headers.Age);
        Assert.Equal((1, 2), (_asked, _spared));
    }

    [Theory]
    [InlineData("GET /api/v1/query?query=up", "GET /api/v1/query?query=down")]
    [InlineData("GET /api/v1/query?query=up&time=1", "GET /api/v1/query?query=up&time=2")]
    [InlineData("GET /api/v1/query?query=a&query=b", "GET /api/v1/query?query=b&query=a")]
    [InlineData("GET /api/v1/query?query=a%3D1", "GET /api/v1/query?query=a&1=")]
    [InlineData("GET /api/v1/series?match[]=ab", "GET /api/v1/series?match[]=a&b")]
    [InlineData("GET /a/api/v1/labels", "GET /b/api/v1/labels")]
    [InlineData("GET /api/v1/labels", "GET /api/v1/labels Accept: text/plain")]
    [InlineData("GET /api/v1/labels", "GET /api/v1/labels Accept-Encoding: gzip")]
    [InlineData("GET /api/v1/labels X-Scope-OrgID: a", "GET /api/v1/labels X-Scope-OrgID: b")]
    public async Task Different_reads_are_asked_apart(string first, string second)
    {
        ReadCache cache = Cache();
        await AskAsync(cache, first);

        Assert.Equal("answer 2", (await AskAsync(cache, second)).Body);
    }

    [Theory]
    [InlineData("GET /api/v1/rules")]
    [InlineData("POST /api/v1/remote_write x")]
    [InlineData("POST /api/v1/label/job/values x=1")]
    [InlineData("POST /api/v1/read x")]
    [InlineData("PUT /api/v1/query query=up")]
    [InlineData("GET /api/v1/query?query=up%zz")]
    [InlineData("GET /api/v1/query_range?query=up&start=1&end=2&step=x")]
    [InlineData("GET /api/v1/query_range?query=up&start=1&end=2")]
    [InlineData("GET /api/v1/query?query=up Range: bytes=0-1")]
    [InlineData("GET /api/v1/query?query=up If-None-Match: x")]
    [InlineData("GET /api/v1/query?query=up Cache-Control: no-store")]
    [InlineData("GET /api/v1/query?query=up Cache-Control: no-cache")]
    [InlineData("GET /api/v1/query?query=up Cache-Control: max-age=0")]
    [InlineData("GET /api/v1/query?query=up Pragma: no-cache")]
    public async Task What_is_no_such_read_or_is_not_wanted_from_here_is_asked_each_time(string request)
    {
        ReadCache cache = Cache();
        await AskAsync(cache, request);

        Assert.Equal("answer 2", (await AskAsync(cache, request)).Body);
    }

    [Theory]
    [InlineData(500, "", 2)]
    [InlineData(404, "", 2)]
    [InlineData(206, "", 2)]
    [InlineData(200, "Cache-Control: no-store", 2)]
    [InlineData(200, "Cache-Control: private, max-age=60", 2)]
    [InlineData(200, "Cache-Control: no-cache", 2)]
    [InlineData(200, "Cache-Control: max-age=0", 2)]
    [InlineData(200, "Cache-Control: s-maxage=0, max-age=60", 2)]
    [InlineData(200, "Set-Cookie: a=b", 2)]
    [InlineData(200, "Vary: *", 2)]
    [InlineData(200, "Vary: Accept, Cookie", 2)]
    [InlineData(200, "Vary: accept-encoding, x-scope-orgid", 1)]
    [InlineData(200, "Cache-Control: max-age=60", 1)]
    [InlineData(200, "Content-Length: 9", 2)]
    public async Task Only_whole_answers_that_may_be_kept_are_kept(int status, string header, int asked)
    {
        _answer = (context, count) =>
        {
            context.Response.StatusCode = status;
            if (header.Length > 0)
            {
                context.Response.Headers.Append(header.Split(": ")[0], header.Split(": ")[1]);
            }

            return context.Response.WriteAsync($"answer {count}");
        };
        ReadCache cache = Cache();
        (string body, HttpResponse response) = await AskAsync(cache, "GET /api/v1/labels");
        Assert.Equal((status, "answer 1"), (response.StatusCode, body));
        await AskAsync(cache, "GET /api/v1/labels");

        Assert.Equal(asked, _asked);
    }

    [Theory]
    [InlineData("GET /api/v1/labels", 15)]
    [InlineData("GET /api/v1/query?query=up", 15)]
    [InlineData("GET /api/v1/query_range?query=up&start=1&end=2&step=5", 5)]
    [InlineData("GET /api/v1/query_range?query=up&start=1&end=2&step=1m", 15)]
    public async Task An_answer_is_kept_for_a_step_at_most(string request, int seconds)
    {
        ReadCache cache = Cache();
        await AskAsync(cache, request);
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("answer 1", (await AskAsync(cache, request)).Body);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("answer 2", (await AskAsync(cache, request)).Body);
    }

    [Fact]
    public async Task Headers_and_status_come_with_the_answer_and_connections_are_left_alone()
    {
        _answer = (context, _) =>
        {
            context.Response.Headers.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.Connection = "close";
            context.Response.Headers.Age = "30";
            return context.Response.WriteAsync("{}");
        };
        ReadCache cache = Cache();
        await AskAsync(cache, "GET /api/v1/labels");
        _time.Advance(TimeSpan.FromSeconds(2));
        IHeaderDictionary headers = (await AskAsync(cache, "GET /api/v1/labels")).Response.Headers;

        Assert.Equal("application/json", headers.ContentType);
        Assert.Equal("gzip", headers.ContentEncoding);
        Assert.Equal("32", headers.Age);
        Assert.Equal(0, headers.Connection.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public async Task Reads_that_run_at_the_same_time_share_one_answer(int ttl)
    {
        TaskCompletionSource go = new();
        _answer = async (context, count) =>
        {
            await go.Task;
            await context.Response.WriteAsync($"answer {count}");
        };
        ReadCache cache = Cache(new ReadCacheConfig { Ttl = TimeSpan.FromSeconds(ttl) });
        Task<(string Body, HttpResponse Response)>[] reads =
        [
            AskAsync(cache, "GET /api/v1/labels"), AskAsync(cache, "GET /api/v1/labels"), AskAsync(cache, "GET /api/v1/labels"),
        ];
        go.SetResult();
        foreach ((string body, HttpResponse response) in await Task.WhenAll(reads))
        {
            Assert.Equal("answer 1", body);
            Assert.Equal(200, response.StatusCode);
        }

        Assert.Equal(1, _asked);
        await AskAsync(cache, "GET /api/v1/labels");
        Assert.Equal(ttl == 0 ? 2 : 1, _asked);
    }

    [Fact]
    public async Task Who_leaves_takes_nobody_along()
    {
        TaskCompletionSource leave = new();
        _answer = async (context, count) =>
        {
            if (count == 1)
            {
                await leave.Task;
                await _left.CancelAsync();
                context.RequestAborted.ThrowIfCancellationRequested();
            }

            await context.Response.WriteAsync($"answer {count}");
        };
        ReadCache cache = Cache();
        Task<(string, HttpResponse)> first = AskAsync(cache, "GET /api/v1/labels", left: _left.Token);
        Task<(string Body, HttpResponse)> second = AskAsync(cache, "GET /api/v1/labels");
        Task<(string Body, HttpResponse)> third = AskAsync(cache, "GET /api/v1/labels");
        leave.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("answer 2", (await second).Body);
        Assert.Equal("answer 2", (await third).Body);
    }

    [Fact]
    public async Task Who_waits_may_leave_before_the_answer_comes()
    {
        TaskCompletionSource go = new();
        _answer = async (context, count) =>
        {
            await go.Task;
            await context.Response.WriteAsync($"answer {count}");
        };
        ReadCache cache = Cache();
        Task<(string Body, HttpResponse)> first = AskAsync(cache, "GET /api/v1/labels");
        Task<(string Body, HttpResponse)> second = AskAsync(cache, "GET /api/v1/labels", left: _left.Token);
        await _left.CancelAsync();

        Assert.Equal("", (await second).Body);
        go.SetResult();
        Assert.Equal("answer 1", (await first).Body);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Failures_and_answers_that_are_too_large_are_not_shared()
    {
        TaskCompletionSource go = new();
        _answer = async (context, count) =>
        {
            await go.Task;
            context.Response.StatusCode = count == 1 ? 503 : 200;
            await context.Response.WriteAsync(new string('x', 600));
            await context.Response.WriteAsync(new string('y', 600));
        };
        ReadCache cache = Cache(new ReadCacheConfig { Ttl = TimeSpan.FromMinutes(1), MaxAnswerBytes = 1024 });
        Task<(string Body, HttpResponse Response)> first = AskAsync(cache, "GET /api/v1/labels");
        Task<(string Body, HttpResponse Response)> second = AskAsync(cache, "GET /api/v1/labels");
        go.SetResult();
        string whole = new string('x', 600) + new string('y', 600);

        Assert.Equal((whole, 503), ((await first).Body, (await first).Response.StatusCode));
        Assert.Equal((whole, 200), ((await second).Body, (await second).Response.StatusCode));
        Assert.Equal(whole, (await AskAsync(cache, "GET /api/v1/labels")).Body);
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task Whose_caller_reads_slowly_does_not_hold_up_the_others()
    {
        using SlowStream slow = new();
        ReadCache cache = Cache();
        Task<(string, HttpResponse)> first = AskAsync(cache, "GET /api/v1/labels", body: slow);

        Assert.Equal("answer 1", (await AskAsync(cache, "GET /api/v1/labels")).Body);
        Assert.False(first.IsCompleted);
        slow.Read.SetResult();
        await first;
    }

    private ReadCache Cache(ReadCacheConfig? config = null) => new(
        "main",
        config ?? new ReadCacheConfig { Ttl = TimeSpan.FromSeconds(15), Vary = ["X-Scope-OrgID"] },
        new BodyBudget(64 << 20),
        new CacheMetrics(new MetricRegistry()),
        _time);

    /// <summary>Sends <c>METHOD target</c> with a form or a header behind it.</summary>
    private async Task<(string Body, HttpResponse Response)> AskAsync(
        ReadCache cache, string text, Stream? body = null, CancellationToken left = default)
    {
        string[] parts = text.Split(' ', 3);
        DefaultHttpContext context = new() { RequestAborted = left };
        context.Request.Method = parts[0];
        using MemoryStream answer = new();
        context.Response.Body = body ?? answer;
        string form = parts.Length == 3 && !parts[2].Contains(": ", StringComparison.Ordinal) ? parts[2] : "";
        if (form.Length > 0)
        {
            context.Request.ContentType = Form;
        }
        else if (parts.Length == 3)
        {
            context.Request.Headers.Append(parts[2].Split(": ")[0], parts[2].Split(": ")[1]);
        }

        ForwardRequest request = new(context, RequestTarget.Parse(parts[1]), "pod")
        {
            Stop = new StopNotice(new Readiness(), TimeProvider.System),
            Handler = new NoHandler(),
        };
        request.UpstreamPath = request.Target.RawPath;
        request.DecodedPath = request.Path;
        using PooledBody sent = new(new BodyBudget(1 << 20));
        Assert.True(sent.TryAppend(Encoding.UTF8.GetBytes(form), form.Length));
        await cache.AnswerAsync(request, sent, (asked, _) => _answer(asked.Context, Interlocked.Increment(ref _asked)), (_, _) => _spared++);
        return (Encoding.UTF8.GetString(answer.ToArray()), context.Response);
    }

    /// <summary>Marks a request as one that has no upstream of its own.</summary>
    private sealed class NoHandler : IRequestHandler
    {
        public Task AnswerAsync(ForwardRequest request, PooledBody body) => throw new InvalidOperationException("the test answers");
    }

    /// <summary>A caller that takes nothing until it is told to.</summary>
    private sealed class SlowStream : MemoryStream
    {
        public new TaskCompletionSource Read { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Read.Task.WaitAsync(cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
