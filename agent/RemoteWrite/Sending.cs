using System.Diagnostics;
using AmpEdge.Agent.Buffer;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What the shards of one destination share: the way to the receiver, its version, the rate, and the counting.</summary>
internal sealed class Sending
{
    /// <summary>How often a refusal that only a person can change is tried again.</summary>
    public static readonly TimeSpan MinParking = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan MaxParking = TimeSpan.FromMinutes(5);

    private readonly WriteClient _client;
    private readonly QueueProgress _progress;
    private readonly ILogger _logger;
    private readonly RepeatedErrorGate _tooOld;

    public Sending(
        DestinationOptions options,
        WriteClient client,
        SeriesTable series,
        MetadataIndex metadata,
        TimeProvider time,
        RemoteWriteMetrics metrics,
        QueueProgress progress,
        ILogger logger)
    {
        Options = options;
        _client = client;
        Series = series;
        Metadata = metadata;
        Time = time;
        Metrics = metrics;
        _progress = progress;
        _logger = logger;
        _tooOld = new RepeatedErrorGate(time);
        Version = new WriteVersion(options.Protocol);
        RateLimit = new SampleRateLimit(options.Queue.MaxSamplesPerSecond, time);
    }

    public DestinationOptions Options { get; }

    /// <summary>The series of the entries.</summary>
    public SeriesTable Series { get; }

    public MetadataIndex Metadata { get; }

    public TimeProvider Time { get; }

    public RemoteWriteMetrics Metrics { get; }

    public WriteVersion Version { get; }

    public SampleRateLimit RateLimit { get; }

    /// <summary>Sends what the encoder holds once, and notes how that went.</summary>
    public async Task<WriteAnswer> SendAsync(BatchEncoder batch, int entries, int attempt, CancellationToken abort)
    {
        long startedAt = Time.GetTimestamp();
        WriteAnswer answer = await _client.SendAsync(batch.Body, batch.Protocol, attempt, abort);
        TimeSpan duration = Time.GetElapsedTime(startedAt);
        Metrics.SentBatchDuration.Observe(duration.TotalSeconds);
        if (answer.Verdict == WriteVerdict.Delivered)
        {
            Metrics.Bytes.Add(batch.Body.Length);
            _progress.Sent(entries, duration);
            if (_progress.Recovered())
            {
                RemoteWriteLog.Recovered(_logger, Options.Name, attempt);
            }

            return answer;
        }

        // An answer that came early may leave the body to be read for a while.
        batch.LeaveBody();
        if (answer.Verdict is WriteVerdict.Retry or WriteVerdict.Parked)
        {
            Metrics.Retried(batch.Counts);
            NoteFailure(answer);
        }

        return answer;
    }

    /// <summary>Counts what became of entries that will not be sent again.</summary>
    public void Account(WriteAnswer answer, ReadOnlySpan<EntryPlace> entries)
    {
        Debug.Assert(answer.Verdict is not (WriteVerdict.Retry or WriteVerdict.Parked), "what may pass is not given up");
        EntryCounts counts = EntryCounts.Of(entries);
        if (answer.Verdict == WriteVerdict.Delivered)
        {
            _progress.Delivered(entries);
            if (answer.Written is not { } stored || (counts - stored).Total == 0)
            {
                Metrics.Sent(counts);
                return;
            }
        }

        // A receiver of version 2.0 says how much it took, whatever its status.
        EntryCounts refused = counts - answer.Written.GetValueOrDefault();
        Metrics.Sent(counts - refused);
        Metrics.Refused(answer.Reason, refused);
        _progress.Refused(answer.Message);
        RemoteWriteLog.Refused(_logger, Options.Name, refused.Total, answer.Message);
    }

    /// <summary>Entries are older than the destination takes any.</summary>
    public void DropTooOld(int entries)
    {
        Metrics.DroppedTooOld.Add(entries);
        if (_tooOld.ShouldLog("", out long heldBack))
        {
            RemoteWriteLog.TooOld(
                _logger, Options.Name, entries, PrometheusDuration.Format(Options.Queue.SampleAgeLimit), heldBack);
        }
    }

    /// <summary>The receiver does not know version 2.0: from now on, this batch included, version 1.0 is sent.</summary>
    public void FallBack(WriteAnswer answer)
    {
        if (Version.FallBack())
        {
            RemoteWriteLog.FellBack(_logger, Options.Name, answer.Message);
        }
    }

    private void NoteFailure(WriteAnswer answer)
    {
        if (!_progress.Failed(answer.Message, parked: answer.Verdict == WriteVerdict.Parked))
        {
            return;
        }

        if (answer.Verdict == WriteVerdict.Parked)
        {
            RemoteWriteLog.Parked(_logger, Options.Name, answer.Message);
        }
        else
        {
            RemoteWriteLog.Retrying(_logger, Options.Name, answer.Message);
        }
    }
}
