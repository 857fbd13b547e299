// Skeleton's themes are style sheets: importing one gives nothing, it only applies it.
declare module '@skeletonlabs/skeleton/themes/*'
