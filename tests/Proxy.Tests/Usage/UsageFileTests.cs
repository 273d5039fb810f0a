using AmpEdge.Prometheus;
using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class UsageFileTests
{
    [Fact]
    public void What_was_written_is_read_again_to_the_byte()
    {
        Gen gen = Gen.Create(38);
        for (int round = 0; round < 50; round++)
        {
            byte[] bytes = Encode(RandomState(gen, gen.Int(4)));
            UsageState? read = UsageFile.Read(bytes, new UsageBounds(), out string problem);

            Assert.True(read is not null, $"{gen}: {problem}");
            Assert.Equal(bytes, Encode(read));
        }
    }

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent_to_the_byte()
    {
        Gen gen = Gen.Create(39);
        for (int round = 0; round < 50; round++)
        {
            UsageState all = RandomState(gen, 4);
            UsageState one = Some(all, 0, 1);
            UsageState two = Some(all, 1, 2);
            UsageState three = Some(RandomLater(gen, all), 2, 3);
            string merged = Merged(one, two, three);

            Assert.Equal(merged, Merged(three, two, one));
            Assert.Equal(merged, Merged(two, two, three, one, one));
            Assert.Equal(merged, Merged(UsageState.Merge([one, three]), two));
            Assert.Equal(merged, Merged(one, UsageState.Merge([three, two])));
        }
    }

    [Fact]
    public void No_cut_file_and_no_changed_byte_is_believed()
    {
        Gen gen = Gen.Create(40);
        byte[] bytes = Encode(RandomState(gen, 2));
        for (int length = 0; length < bytes.Length; length += 1 + (length / 200))
        {
            Assert.Null(UsageFile.Read(bytes.AsSpan(0, length), new UsageBounds(), out string problem));
            Assert.NotEqual("", problem);
        }

        for (int round = 0; round < 300; round++)
        {
            byte[] changed = [.. bytes];
            changed[gen.Int(changed.Length)] ^= (byte)(1 << gen.Int(8));
            Assert.Null(UsageFile.Read(changed, new UsageBounds(), out _));
        }
    }

    [Fact]
    public void Any_content_under_a_right_checksum_is_survived()
    {
        Gen gen = Gen.Create(41);
        byte[] bytes = Encode(RandomState(gen, 2));
        for (int round = 0; round < 3_000; round++)
        {
            byte[] mutated = gen.Mutate(bytes.AsSpan(0, bytes.Length - 4), 8);
            ByteBuffer file = new();
            file.Append(mutated);
            file.AppendUInt32LittleEndian(Crc32C.Compute(mutated));
            try
            {
                if (UsageFile.Read(file.Written, new UsageBounds(), out _) is { } state)
                {
                    UsageReport.Of(state.Observations, new(), TimeSpan.FromDays(30), DateTimeOffset.UnixEpoch.AddYears(56));
                }
            }
            catch (Exception error)
            {
                Assert.Fail($"{gen} round {round}: {error}");
            }
        }
    }

    /// <summary>Pins the drawing of FORMAT.md: one that differs needs another magic.</summary>
    [Fact]
    public void The_format_is_the_one_that_is_drawn()
    {
        Observation observation = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 1_000);
        WorkspaceUsage workspace = observation.WorkspaceOf("ws-1")!;
        observation.WritesOf(workspace, "up"u8, 2_000)!.Add(observation.Period, 3, 0x0102030405060708, 2_000);
        observation.Read(workspace, QueryNames.OfSelector("up")!, ReaderKind.Query, 3_000);
        observation.Read(workspace, QueryNames.OfSelector("{__name__=~\"a.*\"}")!, ReaderKind.Rule, 4_000);
        observation.Read(workspace, QueryNames.OfSelector("{a=\"b\"}")!, ReaderKind.Federate, 5_000);
        observation.Watch(60, 6_000, TimeSpan.FromDays(1));
        observation.DecodedWrites = 7;
        observation.Lose(UsageLoss.DroppedReads, 2);

        string expected = File.ReadAllText(Oracle.TestData("usage/state.hex")).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal);

        Assert.Equal(expected, Convert.ToHexStringLower(Encode(new UsageState(observation.Id, [observation]))));
    }

    [Fact]
    public void The_numbers_that_are_persisted_stay()
    {
        Assert.Equal(
            "Query=1 QueryRange=2 QueryExemplars=3 Series=4 Labels=5 RemoteRead=6 Federate=7 Rule=8 RuleFile=9 DashboardFile=10",
            string.Join(' ', Array.ConvertAll(Enum.GetValues<ReaderKind>(), static kind => $"{kind}={(int)kind}")));
        Assert.Equal(
            "PassedOverWrites=0 UnreadableWrites=1 DroppedReads=2 UnreadableQueries=3 MetricsOverBound=4 ReadsOverBound=5 WorkspacesOverBound=6",
            string.Join(' ', Array.ConvertAll(Enum.GetValues<UsageLoss>(), static loss => $"{loss}={(int)loss}")));
    }

    private static byte[] Encode(UsageState state)
    {
        ByteBuffer bytes = new();
        UsageFile.Write(bytes, state);
        return bytes.Written.ToArray();
    }

    private static string Merged(params UsageState[] states) => Convert.ToHexString(Encode(UsageState.Merge(states)));

    private static UsageState Some(UsageState state, params ReadOnlySpan<int> indexes)
    {
        List<Observation> chosen = [];
        foreach (int index in indexes)
        {
            chosen.Add(state.Observations[index]);
        }

        return new UsageState(chosen[0].Id, chosen);
    }

    /// <summary>The same observers, of which some have gone on.</summary>
    private static UsageState RandomLater(Gen gen, UsageState state)
    {
        UsageState later = UsageFile.Read(Encode(state), new UsageBounds(), out _)!;
        foreach (Observation observation in later.Observations)
        {
            Fill(gen, observation);
        }

        List<Observation> ordered = [];
        foreach (Observation known in state.Observations)
        {
            foreach (Observation observation in later.Observations)
            {
                if (observation.Id == known.Id)
                {
                    ordered.Add(observation);
                }
            }
        }

        return new UsageState(later.Owner, ordered);
    }

    private static UsageState RandomState(Gen gen, int observers)
    {
        List<Observation> observations = [];
        for (int index = 0; index < observers; index++)
        {
            Observation observation = new(new Guid(gen.Bytes(16)), gen.Int(1_000_000));
            Fill(gen, observation);
            observations.Add(observation);
        }

        return new UsageState(observers > 0 ? observations[0].Id : Guid.Empty, observations);
    }

    private static void Fill(Gen gen, Observation observation)
    {
        for (int step = 0; step < 60; step++)
        {
            WorkspaceUsage workspace = observation.WorkspaceOf(gen.Pick("", "ws-1", "ws-2", Observation.AnyWorkspace))!;
            string name = gen.Pick("a", "b_total", "c.d", "été");
            switch (gen.Int(4))
            {
                case 0:
                    MetricWrites writes = observation.WritesOf(workspace, System.Text.Encoding.UTF8.GetBytes(name), observation.UpdatedMs)!;
                    for (int series = gen.Int(200); series >= 0; series--)
                    {
                        writes.Add(observation.Period, gen.Int(10), (ulong)gen.Long(), observation.UpdatedMs);
                    }

                    break;
                case 1:
                    string selector = gen.Pick($"{{\"{name}\"}}", "{__name__=~\"a.*\"}", "{__name__=~\".*_total\",__name__!=\"b\"}", "{x=\"y\"}");
                    observation.Read(
                        workspace, QueryNames.OfSelector(selector)!, gen.Pick(Enum.GetValues<ReaderKind>()), observation.UpdatedMs + gen.Int(100));
                    break;
                case 2:
                    observation.Watch(gen.Int(1_000), observation.UpdatedMs + gen.Int(1, 1_000_000), TimeSpan.FromDays(365));
                    break;
                default:
                    observation.Lose((UsageLoss)gen.Int(7), gen.Int(5));
                    observation.DecodedWrites++;
                    break;
            }
        }
    }
}
