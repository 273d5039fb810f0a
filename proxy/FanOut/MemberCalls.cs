using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// Asks members side by side and reads what they answer: each answer into pooled memory up to a cap, all together
/// within a budget and a time.
/// </summary>
internal sealed class MemberCalls(
    BodyBudget budget, long maxAnswerBytes, TimeSpan timeout, FanOutMetrics metrics, TimeProvider time)
{
    /// <summary>Requests of one call that run at the same time; the others wait.</summary>
    private const int MaxConcurrent = 32;

    private const int ReadAheadBytes = 64 << 10;
    private const int MaxShownCharacters = 200;

    private readonly BodyBudget _budget = budget;
    private readonly FanOutMetrics _metrics = metrics;

    /// <summary>Sends all requests; the outcomes are in their order.</summary>
    /// <param name="call">On whose behalf.</param>
    /// <param name="requests">To any members, more than one to the same if need be.</param>
    /// <param name="read">Makes something of an answer's text, which it takes over when it returns.</param>
    /// <param name="limit">A shorter time than that of the configuration; null for that.</param>
    public async Task<MemberOutcome<T>[]> AskAsync<T>(
        FanOutCall call,
        IReadOnlyList<MemberRequest> requests,
        Func<MemberRequest, PooledBody, T> read,
        TimeSpan? limit)
        where T : class
    {
        CancellationToken cancel = call.Cancel;
        TimeSpan within = limit < timeout ? limit.Value : timeout;
        using CancellationTokenSource late = new(within, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using SemaphoreSlim turns = new(MaxConcurrent);
        Task<MemberOutcome<T>>[] running = new Task<MemberOutcome<T>>[requests.Count];
        for (int index = 0; index < running.Length; index++)
        {
            running[index] = AskOneAsync(requests[index] with { Via = call.Via }, read, within, turns, stop.Token);
        }

        MemberOutcome<T>[] outcomes = await Task.WhenAll(running);
        await OntoPoolAsync();
        if (cancel.IsCancellationRequested)
        {
            foreach (MemberOutcome<T> outcome in outcomes)
            {
                (outcome.Value as IDisposable)?.Dispose();
            }

            cancel.ThrowIfCancellationRequested();
        }

        return outcomes;
    }

    private async Task<MemberOutcome<T>> AskOneAsync<T>(
        MemberRequest request,
        Func<MemberRequest, PooledBody, T> read,
        TimeSpan within,
        SemaphoreSlim turns,
        CancellationToken stop)
        where T : class
    {
        ApiError error;
        long started = time.GetTimestamp();
        try
        {
            await turns.WaitAsync(stop);
            try
            {
                T value = await ReadAsync(request, read, stop);
                _metrics.Asked(request.Member.Name, "success", time.GetElapsedTime(started));
                return new MemberOutcome<T>(request, value, null);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (MemberFailedException failed)
        {
            error = failed.Error;
        }
        catch (JsonException broken)
        {
            error = new ApiError(
                ApiErrorKind.Internal, $"its answer is not one of Prometheus's query API: {Shown(broken.Message)}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            error = new ApiError(ApiErrorKind.Timeout, FormattableString.Invariant($"it did not answer within {within.TotalSeconds:0.###} s"));
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or InvalidDataException)
        {
            error = new ApiError(ApiErrorKind.Unavailable, $"its answer broke off: {Shown(cut.Message)}");
        }

        _metrics.Asked(request.Member.Name, error.Type, time.GetElapsedTime(started));
        return new MemberOutcome<T>(request, null, error);
    }

    private async Task<T> ReadAsync<T>(
        MemberRequest request, Func<MemberRequest, PooledBody, T> read, CancellationToken stop)
    {
        string query = request.IsGet ? request.Parameters : "";
        string? form = request.IsGet ? null : request.Parameters;
        using HttpResponseMessage response = await request.Member.SendAsync(request.Path, query, form, request.Via, stop);
        PooledBody body = new(_budget);
        try
        {
            await ReadBodyAsync(response, body, stop);
            _metrics.AnswerBytes.Add(body.Length);
            await OntoPoolAsync();
            return (int)response.StatusCode is >= 200 and < 300
                ? read(request, body)
                : throw FailureOf((int)response.StatusCode, body.Content);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>What follows may compute for long, which the threads of the sockets must not (docs/decisions/0003-inline-sockets.md).</summary>
    private static ConfiguredTaskAwaitable OntoPoolAsync() =>
        Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    private async Task ReadBodyAsync(HttpResponseMessage response, PooledBody body, CancellationToken stop)
    {
        await using Stream sent = await response.Content.ReadAsStreamAsync(stop);
        await using Stream? unpacked = response.Content.Headers.ContentEncoding.Contains("gzip")
            ? new GZipStream(sent, CompressionMode.Decompress, leaveOpen: true)
            : null;
        while (true)
        {
            if (body.Free.IsEmpty && !body.TryGrow(ReadAheadBytes))
            {
                throw new MemberFailedException(
                    ApiErrorKind.Unavailable,
                    "the answers of running queries hold all memory that virtual workspaces may use (--max-buffered); try again, or ask for fewer series at once");
            }

            int count = await (unpacked ?? sent).ReadAsync(body.Free, stop);
            if (count == 0)
            {
                return;
            }

            body.Advance(count);
            if (body.Length > maxAnswerBytes)
            {
                throw new MemberFailedException(
                    ApiErrorKind.Execution,
                    $"its answer is larger than {new ByteSize(maxAnswerBytes)} (max_answer_size); ask for fewer series or a larger step");
            }
        }
    }

    /// <summary>The error of a member as its own words and kind have it, as far as it is Prometheus's form.</summary>
    private static MemberFailedException FailureOf(int status, ReadOnlySpan<byte> text)
    {
        (string? type, string message) = ErrorText.Read(text);
        ApiErrorKind kind = type switch
        {
            "bad_data" => ApiErrorKind.BadData,
            "execution" => ApiErrorKind.Execution,
            "canceled" => ApiErrorKind.Canceled,
            "timeout" => ApiErrorKind.Timeout,
            "not_found" => ApiErrorKind.NotFound,
            "unavailable" => ApiErrorKind.Unavailable,
            "internal" => ApiErrorKind.Internal,
            _ => KindOf(status),
        };
        return new MemberFailedException(kind, $"it answered {status}: {Shown(message)}");
    }

    // 401 and 403 are the proxy's to mend, not the caller's: for the caller the workspace is not there.
    private static ApiErrorKind KindOf(int status) => status switch
    {
        400 => ApiErrorKind.BadData,
        404 => ApiErrorKind.NotFound,
        422 => ApiErrorKind.Execution,
        500 => ApiErrorKind.Internal,
        504 => ApiErrorKind.Timeout,
        _ => ApiErrorKind.Unavailable,
    };

    private static string Shown(string text) =>
        text.Length <= MaxShownCharacters ? text : text[..MaxShownCharacters] + "…";
}
