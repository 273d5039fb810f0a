using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>What members answered to the parts of a query, as the engine reads it.</summary>
internal sealed class PartAnswers : IQueryable, IDisposable
{
    private readonly List<MemberAnswer>[] _answers;

    public PartAnswers(int parts)
    {
        _answers = new List<MemberAnswer>[parts];
        for (int part = 0; part < parts; part++)
        {
            _answers[part] = [];
        }
    }

    /// <summary>The answers to a part, in the order of the members.</summary>
    public List<MemberAnswer> this[int part] => _answers[part];

    /// <summary>What members warned of, and what they remarked, each text once.</summary>
    public (List<string> Warnings, List<string> Infos) Annotations()
    {
        HashSet<string> warnings = new(StringComparer.Ordinal);
        HashSet<string> infos = new(StringComparer.Ordinal);
        foreach (List<MemberAnswer> answers in _answers)
        {
            foreach (MemberAnswer answer in answers)
            {
                warnings.UnionWith(answer.Warnings);
                infos.UnionWith(answer.Infos);
            }
        }

        return ([.. warnings], [.. infos]);
    }

    public IQuerier OpenQuerier(long minTimeMs, long maxTimeMs) => new Querier(this);

    public void Dispose()
    {
        foreach (List<MemberAnswer> answers in _answers)
        {
            foreach (MemberAnswer answer in answers)
            {
                answer.Dispose();
            }
        }
    }

    private sealed class Querier(PartAnswers owner) : IQuerier
    {
        public ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
        {
            int part = PartSelector.PartOf(matchers)
                ?? throw new InvalidOperationException("a selector was left in the local part of a query");
            return new SeriesSet(owner._answers[part]);
        }

        public void Dispose()
        {
        }
    }

    private sealed class SeriesSet(List<MemberAnswer> answers) : ISeriesSet
    {
        private int _answer;
        private int _series = -1;

        public Labels Labels => answers[_answer].Series[_series].Labels;

        public bool MoveNext()
        {
            _series++;
            while (_answer < answers.Count && _series >= answers[_answer].Series.Count)
            {
                _answer++;
                _series = 0;
            }

            return _answer < answers.Count;
        }

        public void Decode(SampleBuffer samples)
        {
            try
            {
                SampleReader.Read(answers[_answer], answers[_answer].Series[_series], samples);
            }
            catch (JsonException broken)
            {
                throw new QueryException(
                    QueryErrorKind.Internal, $"the answer of a workspace cannot be read: {broken.Message}", broken);
            }
        }

        public void Dispose()
        {
        }
    }
}
