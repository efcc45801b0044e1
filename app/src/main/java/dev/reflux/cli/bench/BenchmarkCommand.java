package dev.reflux.cli.bench;

import java.util.concurrent.Callable;

/**
 * A subcommand of {@code reflux bench}, annotated with picocli's {@code @Command}. {@link java.util.ServiceLoader} finds
 * the implementations: each is public, has a public constructor without parameters and is named in
 * {@code META-INF/services/dev.reflux.cli.bench.BenchmarkCommand}. The value returned is the exit code.
 */
public interface BenchmarkCommand extends Callable<Integer> {}
