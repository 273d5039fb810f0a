using System.Globalization;
using System.Net.Http.Headers;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Caching;

/// <summary>
/// Answers equal reads of one route once: who asks while another's read runs waits for that answer, and for a while it
/// serves later reads. Everything that is no whole answer of 200, or that its sender or caller wants not to be kept, is
/// asked for anew.
/// </summary>
internal sealed class ReadCache : IAsyncDisposable
{
    private readonly ReadCacheConfig _config;
    private readonly BodyBudget _incoming;
    private readonly CacheMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AnswerStore _store;
    private readonly CounterMetric _hits;
    private readonly CounterMetric _shared;
    private readonly CounterMetric _misses;
    private readonly CounterMetric _passedBy;

    private readonly Lock _runningLock = new();

    /// <summary>Reads that run, by key. The outcome: the answer, or null when each has to ask by itself.</summary>
    private readonly Dictionary<string, TaskCompletionSource<Outcome>> _running = new(StringComparer.Ordinal);

    /// <param name="route">Its name, for metrics.</param>
    /// <param name="config">Of the route.</param>
    /// <param name="incoming">Bounds what answers hold while they come in.</param>
    /// <param name="metrics">Shared by all caches.</param>
    /// <param name="time">Tells how old answers are.</param>
    public ReadCache(string route, ReadCacheConfig config, BodyBudget incoming, CacheMetrics metrics, TimeProvider time)
    {
        _config = config;
        _incoming = incoming;
        _metrics = metrics;
        _time = time;
        _store = new AnswerStore(config.MaxBytes, metrics, time);
        _hits = metrics.Reads(route, "hit");
        _shared = metrics.Reads(route, "shared");
        _misses = metrics.Reads(route, "miss");
        _passedBy = metrics.Reads(route, "passed_by");
        metrics.LimitBytes.Add(config.MaxBytes);
    }

    /// <summary>Answers a request from what is there or what comes for another, or by <paramref name="ask"/>.</summary>
    /// <param name="request">Admitted.</param>
    /// <param name="body">Its whole body.</param>
    /// <param name="ask">Asks the upstream and answers.</param>
    /// <param name="spared">Told of a request for which nobody was asked.</param>
    public async Task AnswerAsync(
        ForwardRequest request, PooledBody body, Func<ForwardRequest, PooledBody, Task> ask, Action<ForwardRequest, PooledBody> spared)
    {
        CacheControlHeaderValue? wish = ControlOf(request.Context.Request.Headers.CacheControl);
        if (wish?.NoStore == true || !ReadKey.TryOf(request, body.Content, _config, out string key, out TimeSpan ttl))
        {
            _passedBy.Increment();
            await ask(request, body);
            return;
        }

        bool takesKept = wish is not { NoCache: true } && wish?.MaxAge != TimeSpan.Zero
            && !request.Context.Request.Headers.Pragma.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase);
        while (true)
        {
            if (takesKept && _store.TryGet(key, out CachedAnswer? kept))
            {
                _hits.Increment();
                spared(request, body);
                await SendAsync(request.Context, kept);
                return;
            }

            if (!TryLead(key, out TaskCompletionSource<Outcome> turn))
            {
                Outcome outcome = takesKept ? await WaitAsync(turn.Task, request.Context) : Outcome.NotShared;
                if (outcome.Answer is { } answer)
                {
                    _shared.Increment();
                    spared(request, body);
                    await SendAsync(request.Context, answer);
                    return;
                }

                if (request.Context.RequestAborted.IsCancellationRequested)
                {
                    return;
                }

                if (outcome.MayTryAgain)
                {
                    continue;
                }

                _misses.Increment();
                await ask(request, body);
                return;
            }

            _misses.Increment();
            await LeadAsync(request, body, ask, key, ttl, turn);
            return;
        }
    }

    public ValueTask DisposeAsync()
    {
        _store.Clear();
        _metrics.LimitBytes.Add(-_config.MaxBytes);
        return ValueTask.CompletedTask;
    }

    /// <summary>True for the first of equal reads, which ends the turn; the others wait for it.</summary>
    private bool TryLead(string key, out TaskCompletionSource<Outcome> turn)
    {
        lock (_runningLock)
        {
            if (_running.TryGetValue(key, out TaskCompletionSource<Outcome>? running))
            {
                turn = running;
                return false;
            }

            turn = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            _running.Add(key, turn);
            return true;
        }
    }

    /// <summary>Asks, and keeps the answer before its own caller gets it: who reads slowly holds up nobody.</summary>
    private async Task LeadAsync(
        ForwardRequest request, PooledBody body, Func<ForwardRequest, PooledBody, Task> ask, string key, TimeSpan ttl,
        TaskCompletionSource<Outcome> turn)
    {
        HttpContext context = request.Context;
        Stream caller = context.Response.Body;
        using PooledBody kept = new(_incoming);
        await using CapturedBody captured = new(caller, kept, _config.MaxAnswerBytes);
        // Whoever left before the end took only its own answer along.
        Outcome outcome = Outcome.Gone;
        try
        {
            context.Response.Body = captured;
            await ask(request, body);
            bool whole = !context.RequestAborted.IsCancellationRequested && request.Problem is null && !captured.IsPassing;
            outcome = whole && LifetimeOf(context.Response, kept.Length, ttl) is { } lifetime
                ? new Outcome(new CachedAnswer(HeadersOf(context.Response), kept.Content.ToArray(), _time.GetTimestamp(), lifetime))
                : context.RequestAborted.IsCancellationRequested ? Outcome.Gone : Outcome.NotShared;
        }
        finally
        {
            context.Response.Body = caller;
            End(key, turn, outcome);
        }

        if (!captured.IsPassing && kept.Length > 0)
        {
            context.Response.ContentLength ??= kept.Length;
            await WriteAsync(context, kept.CopyToAsync(caller, context.RequestAborted));
        }
    }

    /// <summary>How another's read ends; nothing for a caller that has gone meanwhile.</summary>
    private static async Task<Outcome> WaitAsync(Task<Outcome> running, HttpContext context)
    {
        try
        {
            return await running.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Outcome.Gone;
        }
    }

    private void End(string key, TaskCompletionSource<Outcome> turn, Outcome outcome)
    {
        if (outcome.Answer is { Lifetime.Ticks: > 0 } answer)
        {
            _store.Set(key, answer);
        }

        lock (_runningLock)
        {
            _running.Remove(key);
        }

        turn.SetResult(outcome);
    }

    /// <summary>Null for an answer that is nobody else's; zero for one that only those get who wait for it.</summary>
    private TimeSpan? LifetimeOf(HttpResponse response, int length, TimeSpan ttl)
    {
        IHeaderDictionary headers = response.Headers;
        CacheControlHeaderValue? control = ControlOf(headers.CacheControl);
        if (response.StatusCode != StatusCodes.Status200OK
            || (response.ContentLength ?? length) != length
            || headers.SetCookie.Count > 0
            || !ReadKey.Covers(_config, headers.Vary)
            || control is { NoStore: true } or { Private: true })
        {
            return null;
        }

        if (control is { NoCache: true })
        {
            return TimeSpan.Zero;
        }

        TimeSpan? most = control?.SharedMaxAge ?? control?.MaxAge;
        return most < ttl ? most : ttl;
    }

    private static List<KeyValuePair<string, StringValues>> HeadersOf(HttpResponse response)
    {
        List<KeyValuePair<string, StringValues>> kept = [];
        foreach (KeyValuePair<string, StringValues> header in response.Headers)
        {
            // Whether a connection goes on is a matter of each.
            if (!header.Key.Equals("Connection", StringComparison.OrdinalIgnoreCase))
            {
                kept.Add(header);
            }
        }

        return kept;
    }

    private Task SendAsync(HttpContext context, CachedAnswer answer)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        foreach ((string name, StringValues value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        long age = (long)_time.GetElapsedTime(answer.StoredAt).TotalSeconds;
        if (long.TryParse(response.Headers.Age, NumberStyles.None, CultureInfo.InvariantCulture, out long before))
        {
            age += before;
        }

        response.Headers.Age = age.ToString(CultureInfo.InvariantCulture);
        response.ContentLength = answer.Body.Length;
        return WriteAsync(context, response.Body.WriteAsync(answer.Body, context.RequestAborted).AsTask());
    }

    private static async Task WriteAsync(HttpContext context, Task writing)
    {
        try
        {
            await writing;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to be told.
        }
    }

    private static CacheControlHeaderValue? ControlOf(StringValues header) =>
        header.Count > 0 && CacheControlHeaderValue.TryParse(header.ToString(), out CacheControlHeaderValue? control)
            ? control
            : null;

    /// <summary>How a read ended for those who wait for its answer.</summary>
    /// <param name="Answer">Null when it cannot be theirs.</param>
    /// <param name="MayTryAgain">Its caller has gone: one of them asks for the others.</param>
    private readonly record struct Outcome(CachedAnswer? Answer, bool MayTryAgain = false)
    {
        public static Outcome NotShared => new(null);

        public static Outcome Gone => new(null, MayTryAgain: true);
    }
}
