using System.Text.Json;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>What Prometheus does on each answer of a receiver, recorded; ours must do the same.</summary>
public sealed class SenderReactionsTests
{
    private const string Cases = "conformance/remote_write/sender_reactions.json";

    public static TheoryData<int> RecordedReactions()
    {
        if (!Oracle.Has(Cases))
        {
            return [0];
        }

        TheoryData<int> cases = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Oracle.Locate(Cases)));
        for (int index = 0; index < document.RootElement.GetArrayLength(); index++)
        {
            cases.Add(index);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(RecordedReactions), DisableDiscoveryEnumeration = true)]
    public async Task A_sender_waits_repeats_and_drops_as_recorded(int index)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Oracle.Locate(Cases)));
        JsonElement reaction = document.RootElement[index];
        int status = reaction.GetProperty("answer").GetInt32();
        if (status == 429 && !reaction.GetProperty("queue_config").TryGetProperty("retry_on_http_429", out _))
        {
            // Prometheus drops these; we wait (decision 7 of the architecture), as it does when told to.
            reaction = Find(document, status, "retry_on_http_429");
        }

        // Prometheus drops what is answered by 401; we keep it and try now and then, because a person can mend credentials.
        bool parks = status is 401 or 403;
        string? retryAfter = reaction.GetProperty("answer_headers").TryGetProperty("Retry-After", out JsonElement header)
            ? header.GetString()
            : null;
        await using QueueWorld world = new(OptionsOf(reaction.GetProperty("queue_config")));
        world.Receiver.Answer = (_, _) => ScriptedReceiver.Status(status, "", retryAfter);
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        int times = reaction.GetProperty("same_body_sent_times").GetInt32();
        world.Drive(() => world.Receiver.Requests.Count >= times, $"{times} requests", stepMs: 20);
        world.Scrape(2);
        if (parks)
        {
            world.Drive(() => world.Queue.Progress.IsParked, "parking");
            DateTimeOffset sentAt = world.Receiver.Requests[0].At;
            world.Drive(() => world.Receiver.Requests.Count == 2, "the next try", stepMs: 500);
            Assert.True(world.Receiver.Requests[1].At - sentAt >= Sending.MinParking * 0.89);
            Assert.Equal(world.Receiver.Requests[0].Body, world.Receiver.Requests[1].Body);
            return;
        }

        if (reaction.GetProperty("next_batch_sent_while_retrying").GetBoolean())
        {
            world.Drive(() => world.Receiver.Requests.Count >= times + 1, "the next batch");
        }

        IReadOnlyList<ReceivedRequest> requests = world.Receiver.Requests;
        for (int attempt = 0; attempt < times; attempt++)
        {
            Assert.Equal(requests[0].Body, requests[attempt].Body);
            Assert.Equal(
                reaction.GetProperty("retry_attempt_header")[attempt].GetString(),
                requests[attempt].Headers.GetValueOrDefault("Retry-Attempt"));
        }

        for (int wait = 0; wait + 1 < times; wait++)
        {
            double expected = reaction.GetProperty("seconds_between")[wait].GetDouble();
            double actual = (requests[wait + 1].At - requests[wait].At).TotalSeconds;

            // How long a wait is at most is BackoffTests' matter: this clock does not wait for the loops.
            Assert.True(actual >= expected * 0.89, $"wait {wait} was {actual} s, recorded are {expected} s");
        }

        if (requests.Count > times)
        {
            bool dropped = reaction.GetProperty("next_batch_sent_while_retrying").GetBoolean();
            Assert.Equal(dropped, !requests[0].Body.AsSpan().SequenceEqual(requests[times].Body));
        }
    }

    private static JsonElement Find(JsonDocument document, int status, string key)
    {
        foreach (JsonElement reaction in document.RootElement.EnumerateArray())
        {
            if (reaction.GetProperty("answer").GetInt32() == status && reaction.GetProperty("queue_config").TryGetProperty(key, out _))
            {
                return reaction;
            }
        }

        throw new InvalidDataException($"no reaction to {status} with {key} is recorded");
    }

    private static DestinationOptions OptionsOf(JsonElement config) => QueueWorld.DefaultOptions with
    {
        Queue = QueueWorld.DefaultOptions.Queue with
        {
            MinShards = config.GetProperty("min_shards").GetInt32(),
            MaxShards = config.GetProperty("max_shards").GetInt32(),
            BatchSendDeadline = Duration(config, "batch_send_deadline"),
            MinBackoff = Duration(config, "min_backoff"),
            MaxBackoff = Duration(config, "max_backoff"),
        },
    };

    private static TimeSpan Duration(JsonElement config, string key) =>
        PrometheusDuration.TryParse(config.GetProperty(key).GetString()!, out TimeSpan duration, out _)
            ? duration
            : throw new InvalidDataException(key);
}
