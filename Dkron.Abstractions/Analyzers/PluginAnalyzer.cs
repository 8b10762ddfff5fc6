using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Abstractions.Analyzers;

/// <summary>A rule that looks at plugins only: in every other project it costs one look at the references.</summary>
internal abstract class PluginAnalyzer : DiagnosticAnalyzer
{
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (PluginProject.Of(start.Compilation) is { } plugin)
            {
                Register(start, plugin);
            }
        });
    }

    protected abstract void Register(CompilationStartAnalysisContext context, PluginProject plugin);
}
