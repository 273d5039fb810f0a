using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>
/// One history of a store, played once for every operation that it asks of the disk and everything that can go wrong there.
/// By default a part of them, drawn by a seed; all with AMPEDGE_ALL_FAULTS=1.
/// </summary>
public sealed class DiskFaultTests
{
    private const int Drawn = 150;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whichever_operation_of_the_disk_fails_nothing_acknowledged_is_lost(bool encrypted)
    {
        DatabaseEncryption? encryption =
            encrypted ? new DatabaseEncryption("ws-a", [new LocalMasterKey(new byte[32])]) : null;
        List<(long At, DiskFault Fault, AfterFault After)> cases = Cases(encryption);
        Gen gen = Gen.Create(encrypted ? 72 : 71);
        bool all = Environment.GetEnvironmentVariable("AMPEDGE_ALL_FAULTS") == "1";
        int count = all ? cases.Count : Math.Min(Drawn, cases.Count);
        for (int place = 0; place < count; place++)
        {
            int drawn = all ? place : gen.Int(place, cases.Count);
            (cases[place], cases[drawn]) = (cases[drawn], cases[place]);
            Play(encryption, cases[place]);
        }
    }

    /// <summary>Every operation of a history in which nothing fails, with its faults and what may follow each.</summary>
    private static List<(long At, DiskFault Fault, AfterFault After)> Cases(DatabaseEncryption? encryption)
    {
        FaultyFileSystem files = new() { Recorded = [] };
        List<(DiskOperation Operation, string Path)> operations;
        using (StoreHistory history = new(files, encryption, AfterFault.GoOn))
        {
            history.Play();
            operations = [.. files.Recorded];
            history.Check();
        }

        List<(long At, DiskFault Fault, AfterFault After)> cases = [];
        for (int operation = 0; operation < operations.Count; operation++)
        {
            foreach (DiskFault fault in DiskFaults.Of(operations[operation].Operation))
            {
                cases.Add((operation + 1, fault, fault == DiskFault.Crash ? AfterFault.PowerCut : AfterFault.GoOn));
                cases.Add((operation + 1, fault, AfterFault.Kill));
            }
        }

        return cases;
    }

    private static void Play(DatabaseEncryption? encryption, (long At, DiskFault Fault, AfterFault After) fault)
    {
        FaultyFileSystem files = new() { FaultAt = fault.At, Fault = fault.Fault };
        using StoreHistory history = new(files, encryption, fault.After);
        try
        {
            history.Play();
            history.Check();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{files.Met ?? $"nothing met {fault}"}, then {fault.After}: {failure.Message}", failure);
        }
    }
}
